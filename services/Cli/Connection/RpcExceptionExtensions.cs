using Google.Rpc;
using Grpc.Core;

namespace TagSegments.Cli.Connection;

/// <summary>Reads the machine-readable part of errors.</summary>
internal static class RpcExceptionExtensions
{
    /// <summary>Returns whether the error has one of these reasons.</summary>
    public static bool HasReason(this RpcException exception, params ReadOnlySpan<string> reasons) =>
        reasons.Contains(exception.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? "");

    /// <summary>Returns whether there is nothing of this kind with the key, for example no `contact`.</summary>
    public static bool IsMissing(this RpcException exception, string resource) =>
        exception.StatusCode == StatusCode.NotFound
        && exception.GetRpcStatus()?.GetDetail<ErrorInfo>() is { } info && info.Metadata.GetValueOrDefault("resource") == resource;
}
