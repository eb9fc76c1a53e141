using Google.Rpc;
using Grpc.Core;

namespace TagSegments.Tags.Tests;

/// <summary>Looks into the errors of calls.</summary>
internal static class Errors
{
    /// <summary>Runs a call that must fail and returns its error.</summary>
    public static async Task<RpcException> OfAsync(Func<Task> call) => await Assert.ThrowsAsync<RpcException>(call);

    /// <summary>Checks status and reason and returns the error.</summary>
    public static RpcException Is(this RpcException error, StatusCode status, string reason)
    {
        Assert.Equal(status, error.StatusCode);
        Assert.Equal(reason, error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        return error;
    }

    /// <summary>The paths of the fields that are wrong.</summary>
    public static IEnumerable<string> Fields(this RpcException error) =>
        error.GetRpcStatus()!.GetDetail<BadRequest>()?.FieldViolations.Select(violation => violation.Field) ?? [];

    /// <summary>A value of the error's metadata.</summary>
    public static string Metadata(this RpcException error, string key) => error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Metadata[key];
}
