using Crm.Errors.V1;
using Google.Rpc;
using Grpc.Core;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Testing;
using Xunit.Sdk;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

public sealed class ExpectTests
{
    [Fact]
    public async Task A_failure_has_what_the_service_sent()
    {
        var failure = await Expect.FailureAsync(RefuseAsync);

        Assert.Equal(("[a, b]", "is long"), ($"[{string.Join(", ", failure.Fields)}]", failure.Violations[1].Description));
        Assert.Equal("7", failure.Metadata["line"]);
        Assert.Equal("InvalidArgument ImportLine: Wrong", failure.ToString());
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, ErrorReason.ImportLine, new[] { "a", "b" }, true)]
    [InlineData(StatusCode.InvalidArgument, ErrorReason.ImportLine, new string[0], true)]
    [InlineData(StatusCode.NotFound, ErrorReason.ImportLine, new string[0], false)]
    [InlineData(StatusCode.InvalidArgument, ErrorReason.InvalidField, new string[0], false)]
    [InlineData(StatusCode.InvalidArgument, ErrorReason.ImportLine, new[] { "a" }, false)]
    [InlineData(StatusCode.InvalidArgument, ErrorReason.ImportLine, new[] { "b", "a" }, false)]
    public async Task Another_status_reason_or_field_fails_the_test(StatusCode status, ErrorReason reason, string[] fields, bool expected)
    {
        var outcome = await Record.ExceptionAsync(() => Expect.FailureAsync(status, reason, RefuseAsync, fields));

        Assert.Equal(expected, outcome is null);
        Assert.True(outcome is null or XunitException);
    }

    [Fact]
    public async Task A_reason_of_another_domain_is_none()
    {
        var error = new Google.Rpc.Status
        {
            Code = (int)StatusCode.NotFound,
            Details = { Google.Protobuf.WellKnownTypes.Any.Pack(new ErrorInfo { Domain = "elsewhere", Reason = "NOT_FOUND" }) },
        };

        var failure = await Expect.FailureAsync(() => Task.FromException(error.ToRpcException()));

        Assert.Equal((StatusCode.NotFound, ErrorReason.Unspecified), (failure.Status, failure.Reason));
    }

    [Fact]
    public async Task A_call_that_succeeds_fails_the_test() =>
        await Assert.ThrowsAnyAsync<XunitException>(() => Expect.FailureAsync(() => Task.CompletedTask));

    private static Task RefuseAsync() => Task.FromException(
        RpcErrors.InvalidFields(ErrorReason.ImportLine, "Wrong", [("a", "is empty"), ("b", "is long")], ("line", "7")));
}
