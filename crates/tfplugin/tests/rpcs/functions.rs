//! Functions.

use crate::lab::lab;
use crate::support::values::*;
use tfplugin::proto::tfplugin6::*;

#[tokio::test]
async fn functions_take_null_and_unknown_where_they_say_so() {
    let mut lab = lab().await;
    let mut call = async |arguments: Vec<DynamicValue>| {
        let request = call_function::Request {
            name: "echo".to_owned(),
            arguments,
        };
        lab.host
            .provider
            .call_function(request)
            .await
            .expect("answered")
            .into_inner()
    };
    let argument = |bytes: &[u8]| value(bytes).into_iter().collect::<Vec<_>>();
    for given in [&text("x")[..], NIL, UNKNOWN] {
        assert_eq!(bytes(call(argument(given)).await.result.as_ref()), given);
    }
    // OpenTofu sends neither field for null.
    let null = call(vec![DynamicValue::default()]).await;
    assert_eq!(bytes(null.result.as_ref()), NIL);
    let failed = call(argument(&text("fail"))).await.error.expect("an error");
    // The hosts put the text into a sentence, and end it.
    assert_eq!(
        (failed.text.as_str(), failed.function_argument),
        ("As asked", Some(0))
    );
    let misfit = call(argument(&[0xc3])).await.error.expect("an error");
    assert_eq!(misfit.function_argument, Some(0));
    let panicked = call(argument(&text("panic")))
        .await
        .error
        .expect("an error");
    assert!(
        panicked.text.contains("bug in the provider"),
        "{}",
        panicked.text
    );
    assert!(call(Vec::new()).await.error.is_some());
    assert!(
        call([argument(NIL), argument(NIL)].concat())
            .await
            .error
            .is_some()
    );
}
