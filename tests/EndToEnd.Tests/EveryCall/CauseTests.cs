using Crm.Common.V1;
using Crm.Errors.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;
using TagSegments.Testing.Auth;

namespace TagSegments.EndToEnd.Tests.EveryCall;

/// <summary>Finding 5: a log of changes says what workflows and campaigns did, so nobody else may say it of himself.</summary>
public sealed class CauseTests(AppsWithSigningKey guarded) : IClassFixture<AppsWithSigningKey>
{
    private const int Unknown = 1_000_000;

    [Theory]
    [InlineData(Cause.Types.Kind.Workflow)]
    [InlineData(Cause.Types.Kind.Campaign)]
    [InlineData(Cause.Types.Kind.Import)]
    [InlineData(Cause.Types.Kind.Contact)]
    public async Task Finding_5_A_user_cannot_forge_the_cause_of_a_change(Cause.Types.Kind kind)
    {
        var error = await Expect.FailureAsync(() => AddAsync(new Cause { Kind = kind, Id = "7" }, guarded.Issuer.Token(GuardedApps.Own, "tags.write")));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "cause.kind");
    }

    [Fact]
    public async Task A_user_cannot_forge_the_workflows_that_led_to_a_change()
    {
        var error = await Expect.FailureAsync(
            () => AddAsync(new Cause { WorkflowChain = { "nurture" } }, guarded.Issuer.Token(GuardedApps.Own, "tags.write")));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "cause.kind");
    }

    [Fact]
    public async Task A_service_names_the_cause()
    {
        var token = ServiceTokens.Create(Service.Workflows, Service.Tags, GuardedApps.Own);

        // The cause passes; the contact does not exist.
        var error = await Expect.FailureAsync(() => AddAsync(new Cause { Kind = Cause.Types.Kind.Workflow, Id = "7" }, token));

        error.Is(StatusCode.NotFound, ErrorReason.NotFound);
    }

    private Task AddAsync(Cause cause, string token) => guarded.Apps.Tags.AddTagsAsync(
        new AddTagsRequest { Account = GuardedApps.Own, ContactId = Unknown, TagNames = { "Vip" }, CreateMissing = true, Cause = cause },
        GuardedApps.Headers(token)).ResponseAsync;
}
