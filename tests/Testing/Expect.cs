using Crm.Errors.V1;
using Grpc.Core;
using Xunit;

namespace TagSegments.Testing;

/// <summary>Expects calls to fail, and returns their failures.</summary>
public static class Expect
{
    /// <summary>Expects a call to fail.</summary>
    public static async Task<Failure> FailureAsync(Func<Task> call) => new(await Assert.ThrowsAsync<RpcException>(call));

    /// <summary>Expects a call to fail with a status and a reason, because of these fields if any are given.</summary>
    public static async Task<Failure> FailureAsync(StatusCode status, ErrorReason reason, Func<Task> call, params string[] fields) =>
        (await FailureAsync(call)).Is(status, reason, fields);

    /// <summary>Expects a method to fail as a call does.</summary>
    public static Failure Failure(Action method) => new(Assert.Throws<RpcException>(method));

    /// <summary>Expects a method to fail as a call does, with a status and a reason, because of these fields if any are given.</summary>
    public static Failure Failure(StatusCode status, ErrorReason reason, Action method, params string[] fields) =>
        Failure(method).Is(status, reason, fields);

    /// <summary>Returns the status of a call that may fail or not, such as one of two that compete.</summary>
    public static async Task<StatusCode> StatusAsync(Func<Task> call)
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
