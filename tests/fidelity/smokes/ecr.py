"""ECR."""

from fidelity.step import Kept, done, refused

WEB = {"repositoryName": "shop/web"}

STEPS = [
    done("DescribeImages", {"digest": "imageDetails[0].imageDigest"}, **WEB),
    done("DescribeImages", **WEB, imageIds=[{"imageTag": "latest"}]),
    done("DescribeImages", **WEB, maxResults=1),
    done("DescribeImages", **WEB, filter={"tagStatus": "TAGGED"}),
    refused("DescribeImages", "ImageNotFoundException", **WEB, imageIds=[{"imageTag": "missing"}]),
    refused("DescribeImages", "RepositoryNotFoundException", repositoryName="missing"),
    done(
        "BatchGetImage",
        **WEB,
        imageIds=[
            {"imageDigest": Kept("digest")},
            {"imageTag": "latest"},
            {"imageTag": "missing"},
            {"imageDigest": "sha256:short"},
        ],
    ),
    refused(
        "BatchGetImage",
        "RepositoryNotFoundException",
        repositoryName="missing",
        imageIds=[{"imageTag": "latest"}],
    ),
]
