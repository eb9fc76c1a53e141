using Crm.Common.V1;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Execution;

/// <summary>A run that is due.</summary>
internal sealed record ActiveRun(
    Guid RunId,
    Guid WorkflowId,
    int Version,
    int ContactId,
    short State,
    string NodeId,
    int Step,
    int Attempt,
    string[] CauseChain,
    int Wakes,
    bool HasExpired,
    DateTime Now)
{
    /// <summary>Whether it comes out of a wait.</summary>
    public bool HasWaited => (Run.Types.State)State is Run.Types.State.Waiting;

    /// <summary>Makes each action of the run happen once: other services know the id of a call that is repeated.</summary>
    public string RequestId => $"{RunId:N}:{NodeId}:{Step}";

    /// <summary>The cause of the run's changes.</summary>
    public Cause Cause => new()
    {
        Kind = Cause.Types.Kind.Workflow,
        Id = RunId.ToString(),
        Detail = NodeId,
        WorkflowChain = { CauseChain.Append(WorkflowId.ToString()) },
    };
}

/// <summary>The result of a run at a node.</summary>
internal sealed record StepResult(ActiveRun Run, Step.Types.Outcome Outcome, string Input, string Detail)
{
    /// <summary>The node that follows; empty if the run ends.</summary>
    public string Next { get; init; } = "";

    /// <summary>How long the run waits at most, at the node or before it is tried again; null for ever.</summary>
    public TimeSpan? Delay { get; init; } = TimeSpan.Zero;

    /// <summary>How soon a waiting run evaluates its conditions again; null if only an event or its time wakes it.</summary>
    public TimeSpan? Look { get; init; }

    /// <summary>Whether an event of the contact makes it due.</summary>
    public bool Watches { get; init; }

    /// <summary>Whether nothing was done but look: the run stays where it is, this counts as no attempt, and its history gets no entry.</summary>
    public bool IsLook { get; init; }

    /// <summary>Set if the run leaves early.</summary>
    public string? ExitReason { get; init; }

    /// <summary>The result of a run whose action could not begin, because there was no room for it: it comes back after a delay.</summary>
    public static StepResult Postponed(ActiveRun run, string reason, TimeSpan delay) =>
        new(run, Step.Types.Outcome.Failed, "", reason) { IsLook = true, Delay = delay };

    /// <summary>The state of the run after it.</summary>
    public Run.Types.State State => Outcome switch
    {
        _ when ExitReason is not null => Crm.Workflows.V1.Run.Types.State.Exited,
        Step.Types.Outcome.Failed when Run.HasWaited => Crm.Workflows.V1.Run.Types.State.Waiting,
        Step.Types.Outcome.Failed => Crm.Workflows.V1.Run.Types.State.Running,
        Step.Types.Outcome.Parked => Crm.Workflows.V1.Run.Types.State.Parked,
        Step.Types.Outcome.Waiting => Crm.Workflows.V1.Run.Types.State.Waiting,
        _ when Next.Length == 0 => Crm.Workflows.V1.Run.Types.State.Completed,
        _ => Crm.Workflows.V1.Run.Types.State.Running,
    };

    /// <summary>Whether the run stays at its node.</summary>
    public bool StaysAtNode =>
        Outcome is Step.Types.Outcome.Failed or Step.Types.Outcome.Parked or Step.Types.Outcome.Waiting || ExitReason is not null;
}
