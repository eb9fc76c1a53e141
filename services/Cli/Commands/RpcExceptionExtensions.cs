using Google.Rpc;
using Grpc.Core;

namespace TagSegments.Cli.Commands;

/// <summary>Reads the machine-readable part of errors.</summary>
internal static class RpcExceptionExtensions
{
    public static bool HasReason(this RpcException exception, params ReadOnlySpan<string> reasons) =>
        reasons.Contains(exception.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? "");
}
