using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Faults;

/// <summary>
/// Faults 33 to 35: the network between the services is slow, narrow, lossy or cut. Calls end in time, short breaks are hidden by repetition, no broken
/// connection looks like a defect, and what was acknowledged is done exactly once.
/// </summary>
public sealed class NetworkFaultTests(NetworkWorld world) : IClassFixture<NetworkWorld>, IAsyncLifetime
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_shortDeadline = TimeSpan.FromSeconds(3);
    private Story _story = null!;

    private FaultyLink WayToTags => world.Links[Service.Tags];

    public async Task InitializeAsync()
    {
        _story = await Story.BeginAsync(world.Apps);
        await Eventually.ReadAsync(() => PreviewAsync(), status => status is StatusCode.OK);
    }

    public Task DisposeAsync()
    {
        world.Mend();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("slow")]
    [InlineData("narrow")]
    [InlineData("lossy")]
    [InlineData("cut there")]
    [InlineData("cut back")]
    [InlineData("forgotten")]
    public async Task Fault33_and_34_what_is_acknowledged_is_done_exactly_once(string fault)
    {
        var (heldUp, broken) = (world.Links.Values.Sum(link => link.HeldUp), world.Links.Values.Sum(link => link.Broken));
        Begin(fault);

        var answers = new List<StatusCode>();
        var sending = Eventually.ReadAsync(() => SendAsync(answers), status => status is StatusCode.OK);
        await Task.WhenAll(_story.ContactIds.Select(contact => _story.Account.AddTagsAsync(contact, _story.TagId)));
        if (fault.StartsWith("cut", StringComparison.Ordinal))
        {
            await Eventually.HoldsAsync(() => world.Links.Values.Sum(link => link.HeldUp) > heldUp + Story.Contacts);
            world.Mend();
        }

        await sending;
        if (fault is "lossy")
        {
            // Few calls may have luck.
            await Eventually.ReadAsync(() => PreviewAsync(), _ => world.Links.Values.Sum(link => link.Broken) > broken);
        }

        await _story.RequireOneOfEachAsync();
        Assert.All(answers, answer => Assert.Contains(answer, new[] { StatusCode.OK, StatusCode.Unavailable, StatusCode.DeadlineExceeded }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fault33_a_call_ends_in_time_while_the_way_to_another_service_is_cut(bool there)
    {
        (WayToTags.IsCutThere, WayToTags.IsCutBack) = (there, !there);

        var status = await PreviewAsync(s_shortDeadline);

        Assert.True(status is StatusCode.DeadlineExceeded or StatusCode.Unavailable, status.ToString());
        world.Mend();
        await Eventually.ReadAsync(() => PreviewAsync(), now => now is StatusCode.OK);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fault33_a_call_ends_in_time_while_the_way_to_the_database_is_cut(bool there)
    {
        (world.Database.IsCutThere, world.Database.IsCutBack) = (there, !there);

        var status = await CountAsync(s_shortDeadline);

        Assert.True(status is StatusCode.DeadlineExceeded or StatusCode.Unavailable, status.ToString());
        world.Mend();
        await Eventually.ReadAsync(() => CountAsync(), now => now is StatusCode.OK);
    }

    [Fact]
    public async Task Fault33_a_connection_that_carries_nothing_any_more_is_replaced_and_the_call_repeated()
    {
        var before = WayToTags.Connected;

        WayToTags.ForgetConnections();

        await CallPreviewAsync(new(deadline: Eventually.Deadline));
        Assert.True(WayToTags.Connected > before);
    }

    [Fact]
    public async Task Fault34_a_break_that_lasts_is_told_as_unavailable()
    {
        WayToTags.BreakConnections();
        WayToTags.BreaksOneOf = 1;

        var options = new CallOptions(deadline: Eventually.Deadline);
        await Expect.FailureAsync(StatusCode.Unavailable, ErrorReason.Unavailable, () => CallPreviewAsync(options).ResponseAsync);

        world.Mend();
        await Eventually.ReadAsync(() => PreviewAsync(), status => status is StatusCode.OK);
    }

    [Fact]
    public async Task Fault35_a_message_whose_answer_was_lost_is_sent_once()
    {
        var way = world.Links[Service.Campaigns];
        way.IsCutBack = true;
        await _story.Account.AddTagsAsync(_story.ContactIds[0], _story.TagId);
        await Eventually.ReadAsync(_story.MessagesOfWorkflowsAsync, messages => messages == 1);

        way.BreakConnections();
        world.Mend();

        await _story.WaitForRunsAsync(1);
        await Eventually.HoldsAsync(() => _story.Mail().Count > 0);
        Assert.Equal(1, await _story.MessagesOfWorkflowsAsync());
        Assert.Single(_story.Mail());
    }

    private void Begin(string fault)
    {
        foreach (var link in world.Links.Values)
        {
            switch (fault)
            {
                case "slow":
                    link.Delay = TimeSpan.FromMilliseconds(100);
                    break;
                case "narrow":
                    link.BytesPerSecond = 20_000;
                    break;
                case "lossy":
                    link.BreaksOneOf = 8;
                    break;
                case "cut there":
                    link.IsCutThere = true;
                    break;
                case "cut back":
                    link.IsCutBack = true;
                    break;
                default:
                    link.ForgetConnections();
                    break;
            }
        }
    }

    // Each attempt comes after a call that needs another service.
    private async Task<StatusCode> SendAsync(List<StatusCode> answers)
    {
        answers.Add(await PreviewAsync());
        answers.Add(await StatusAsync(call => world.Apps.Campaigns.SendCampaignAsync(_story.Send, call)));
        return answers[^1];
    }

    // The campaign service asks the tag service for the contact.
    private Task<StatusCode> PreviewAsync(TimeSpan? time = null) => StatusAsync(CallPreviewAsync, time);

    private AsyncUnaryCall<PreviewMessageResponse> CallPreviewAsync(CallOptions options) => world.Apps.Campaigns.PreviewMessageAsync(
        new() { Account = _story.Account.Name, Campaign = Story.NewCampaign(), ContactId = _story.ContactIds[0] }, options);

    private Task<StatusCode> CountAsync(TimeSpan? time = null) => StatusAsync(
        options => world.Apps.Segments.CountContactsAsync(
            new() { Account = _story.Account.Name, Source = new FilterSource { Text = "everyone" } }, options),
        time);

    private static Task<StatusCode> StatusAsync<T>(Func<CallOptions, AsyncUnaryCall<T>> call, TimeSpan? time = null) =>
        Expect.StatusAsync(() => call(new CallOptions(deadline: DateTime.UtcNow + (time ?? s_deadline))).ResponseAsync);
}
