using Grpc.Core;

namespace TagSegments.Testing;

/// <summary>How calls end.</summary>
public static class CallStatus
{
    /// <summary>Runs a call and gives its status.</summary>
    public static async Task<StatusCode> OfAsync(Func<Task> call)
    {
        try
        {
            await call();
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }
}
