"""A bucket that says nobody's name: the baseline pack must refuse it."""

import pulumi_aws as aws

aws.s3.Bucket("nobodys")
