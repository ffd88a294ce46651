//! An embedded endpoint compatible with AWS Lambda, CloudWatch and CloudWatch Logs
