using Grpc.Core;

namespace TagSegments.Chaos.Scenarios;

/// <summary>Calls services that may be dead at any moment.</summary>
internal static class Calls
{
    /// <summary>
    /// Repeats a call until it is acknowledged. The call carries a request id, so that an attempt whose answer was lost has no second
    /// effect. A refusal that no repetition can change is a bug of the scenario, or of the service, and ends it.
    /// </summary>
    public static async Task<T> UntilAcknowledgedAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken ct)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                return await call(new CallOptions(deadline: DateTime.UtcNow.AddSeconds(10), cancellationToken: ct));
            }
            catch (RpcException e) when (!IsFinal(e.StatusCode))
            {
                await Task.Delay(50, ct);
            }
        }
    }

    /// <summary>Whether no repetition can change an answer.</summary>
    public static bool IsFinal(StatusCode code) => code is
        StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.AlreadyExists or StatusCode.FailedPrecondition or
        StatusCode.PermissionDenied or StatusCode.Unauthenticated or StatusCode.Unimplemented or StatusCode.OutOfRange;
}
