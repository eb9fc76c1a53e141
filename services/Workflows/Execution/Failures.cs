using Crm.Workflows.V1;
using Google.Rpc;
using Grpc.Core;
using TagSegments.ServiceDefaults.Egress;
using TagSegments.ServiceDefaults.Logs;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Execution;

/// <summary>How failures are tried again: the section <c>Retries</c>.</summary>
internal sealed record RetryOptions
{
    /// <summary>How long a run waits after its first failure at a node, in milliseconds; each further wait is twice as long. Defaults to 1,000.</summary>
    public int FirstMilliseconds { get; init; } = 1_000;

    /// <summary>The longest wait, in seconds. Defaults to 300.</summary>
    public int LongestSeconds { get; init; } = 300;

    /// <summary>After how many failed attempts a run is parked. Defaults to 10.</summary>
    public int Attempts { get; init; } = 10;
}

/// <summary>Decides how a run continues after its action failed.</summary>
internal sealed class Failures(RetryOptions options)
{
    public StepResult Judge(ActiveRun run, Node node, Exception failure)
    {
        var input = NodeFacts.Of(node).Text;
        var message = PersonalText.Hide(failure is RpcException rpc ? rpc.Status.Detail : failure.Message);
        if (failure is DestinationBusyException busy)
        {
            return StepResult.Postponed(run, message, busy.RetryAfter);
        }

        if (IsContactGone(failure))
        {
            return new StepResult(run, Step.Types.Outcome.Skipped, input, message) { ExitReason = "the contact was deleted" };
        }

        return IsPermanent(failure) || run.Attempt % options.Attempts == 0
            ? new StepResult(run, Step.Types.Outcome.Parked, input, message)
            : Again(run, input, message, Delay(run.Attempt % options.Attempts));
    }

    // A waiting run continues to wait until its time, and its conditions are evaluated again after the delay.
    private static StepResult Again(ActiveRun run, string input, string message, TimeSpan delay) =>
        new(run, Step.Types.Outcome.Failed, input, message) { Delay = delay, Look = delay, Watches = run.HasWaited };

    // Spread by a fifth, so that runs that failed together do not return together.
    private TimeSpan Delay(int attempt)
    {
        var exact = Math.Min(options.FirstMilliseconds * Math.Pow(2, attempt - 1), options.LongestSeconds * 1000.0);
        return TimeSpan.FromMilliseconds(exact * (0.8 + (0.4 * Random.Shared.NextDouble())));
    }

    private static bool IsContactGone(Exception failure) =>
        failure is RpcException { StatusCode: StatusCode.NotFound } rpc
        && rpc.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Metadata.GetValueOrDefault("resource") == "contact";

    // The request itself is refused, and will be refused again until somebody changes something.
    private static bool IsPermanent(Exception failure) => failure switch
    {
        RpcException rpc => rpc.StatusCode
            is StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.AlreadyExists or StatusCode.OutOfRange,
        InvalidOperationException or FormatException or AddressRefusedException => true,
        _ => false,
    };
}
