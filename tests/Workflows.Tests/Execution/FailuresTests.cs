using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Workflows.Execution;

namespace TagSegments.Workflows.Tests.Execution;

public sealed class FailuresTests
{
    private static readonly Node s_node = new() { Id = "mark", AddTag = new() { TagId = 1, Tag = "VIP" } };
    private readonly Failures _failures = new(new RetryOptions { FirstMilliseconds = 1_000, LongestSeconds = 60, Attempts = 5 });

    [Theory]
    [InlineData(1, 0.8, 1.2)]
    [InlineData(3, 3.2, 4.8)]
    public void A_failure_that_may_pass_is_tried_again_later_and_later(int attempt, double least, double most)
    {
        var result = _failures.Judge(Run(attempt), s_node, new RpcException(new Status(StatusCode.Unavailable, "away")));

        Assert.Equal(Crm.Workflows.V1.Run.Types.State.Running, result.State);
        Assert.InRange(result.Delay!.Value.TotalSeconds, least, most);
    }

    [Fact]
    public void A_run_whose_attempts_are_used_up_is_parked_with_the_reason()
    {
        var result = _failures.Judge(Run(5), s_node, new RpcException(new Status(StatusCode.Unavailable, "away")));

        Assert.Equal((Crm.Workflows.V1.Run.Types.State.Parked, "away"), (result.State, result.Detail));
    }

    [Fact]
    public void A_refusal_parks_the_run_at_once()
    {
        var result = _failures.Judge(Run(1), s_node, RpcErrors.NotFound("tag", "1"));

        Assert.Equal(Crm.Workflows.V1.Run.Types.State.Parked, result.State);
    }

    [Fact]
    public void A_contact_that_is_gone_ends_the_run()
    {
        var result = _failures.Judge(Run(1), s_node, RpcErrors.NotFound("contact", "17"));

        Assert.Equal((Crm.Workflows.V1.Run.Types.State.Exited, "the contact was deleted"), (result.State, result.ExitReason));
    }

    private static ActiveRun Run(int attempt) => new(Guid.NewGuid(), Guid.NewGuid(), 1, 17, 1, "mark", 1, attempt, [], 0, false, DateTime.UnixEpoch);
}
