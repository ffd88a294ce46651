# By the function's name and its alias. A function that Fusionize did not make is taken over.
terraform import fusion_function.order shop-order:live
