using Google.Rpc;
using Grpc.Core;

namespace TagSegments.Cli.Connection;

/// <summary>Reads the machine-readable part of errors.</summary>
internal static class RpcExceptionExtensions
{
    /// <summary>Returns whether the error has one of these reasons.</summary>
    public static bool HasReason(this RpcException exception, params ReadOnlySpan<string> reasons) =>
        reasons.Contains(exception.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? "");
}
