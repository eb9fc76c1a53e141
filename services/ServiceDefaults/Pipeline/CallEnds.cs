using System.Globalization;
using Crm.Errors.V1;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TagSegments.ServiceDefaults.Calls;

namespace TagSegments.ServiceDefaults.Pipeline;

/// <summary>Says why a call ended before its answer, to the caller and in the log.</summary>
internal sealed class CallEnds(ILogger<CallEnds> logger, IHostApplicationLifetime? lifetime = null)
{
    // The caller's clock began a little earlier: it gives up before the deadline is reached here.
    private static readonly TimeSpan s_lag = TimeSpan.FromMilliseconds(250);

    /// <summary>Is cancelled when the service begins to stop.</summary>
    public CancellationToken Stopping => lifetime?.ApplicationStopping ?? CancellationToken.None;

    /// <summary>Makes the error of a call for whose answer nobody waits any more.</summary>
    public RpcException Ended(ServerCallContext context)
    {
        if (context.Deadline - s_lag <= DateTime.UtcNow)
        {
            return Logged(context, RpcErrors.Create(StatusCode.DeadlineExceeded, ErrorReason.CallDeadline, "The deadline of the call passed."));
        }

        return Stopping.IsCancellationRequested
            ? Stopped(context)
            : Logged(context, RpcErrors.Create(StatusCode.Cancelled, ErrorReason.CallCancelled, "The caller ended the call."));
    }

    /// <summary>Makes the error of a call that a stopping service does not wait for any longer.</summary>
    public RpcException Stopped(ServerCallContext context) => Logged(
        context, RpcErrors.Create(StatusCode.Unavailable, ErrorReason.ShuttingDown, "The service stops and could not finish the call. Retry."));

    /// <summary>Makes the error of a call that took longer than a call may.</summary>
    public RpcException TooLong(ServerCallContext context, int seconds) => Logged(
        context,
        RpcErrors.Create(
            StatusCode.DeadlineExceeded,
            ErrorReason.CallTimeLimit,
            $"The call took longer than a call may, {seconds} seconds. Ask for less at once.",
            ("limit_seconds", seconds.ToString(CultureInfo.InvariantCulture))));

    /// <summary>Writes the line about a call that ended with an error.</summary>
    public RpcException Logged(ServerCallContext context, RpcException error)
    {
        logger.CallEnded(context.Method, error.Status.Detail);
        return error;
    }
}
