//! What Fusionize asks of CloudWatch and Lambda
