using Crm.Campaigns.V1;
using TagSegments.Embedded.Smtp;
using State = Crm.Campaigns.V1.Recipient.Types.State;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Delivery;

// The faults of a mail server, and the ledger after each of them.
public sealed class SmtpFaultTests(SmtpFaultTests.ImpatientWorld world) : IClassFixture<SmtpFaultTests.ImpatientWorld>
{
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(25);

    // Five megabytes, more than the buffers between the two ends of a connection hold: it is not written until the other end reads it.
    private static readonly string s_large =
        $"{{% for i in (1..1000) %}}{string.Concat(Enumerable.Repeat(new string('€', 60) + "\n", 30))}{{% endfor %}}";

    [Fact]
    public async Task Delivers_an_accepted_message_once()
    {
        var (recipient, address) = await SendAsync(_ => SmtpReaction.Accept, State.Accepted);

        Assert.Equal(1, recipient.Attempts);
        Assert.NotNull(recipient.AcceptTime);
        Assert.Single(MessagesTo(address));
    }

    [Theory]
    [InlineData(SmtpStage.Mail, 451)]
    [InlineData(SmtpStage.Recipient, 450)]
    [InlineData(SmtpStage.Data, 452)]
    [InlineData(SmtpStage.EndOfData, 451)]
    // After a 421 the server hangs up, but it has answered.
    [InlineData(SmtpStage.Mail, 421)]
    [InlineData(SmtpStage.Recipient, 421)]
    [InlineData(SmtpStage.Data, 421)]
    [InlineData(SmtpStage.EndOfData, 421)]
    public async Task Tries_again_after_a_refusal_for_now(SmtpStage stage, int code)
    {
        var refusals = 0;

        var (recipient, address) = await SendAsync(
            step => step.Stage == stage && Interlocked.Increment(ref refusals) <= 2 ? SmtpReaction.Refuse(code, "Later") : default,
            State.Accepted);

        Assert.Equal(3, recipient.Attempts);
        Assert.Single(MessagesTo(address));
    }

    [Theory]
    [InlineData(SmtpStage.Recipient, 550)]
    [InlineData(SmtpStage.Data, 554)]
    [InlineData(SmtpStage.EndOfData, 552)]
    public async Task A_refusal_for_good_fails_this_message_only(SmtpStage stage, int code)
    {
        var (recipient, address) = await SendAsync(
            step => step.Stage == stage ? SmtpReaction.Refuse(code, "5.1.1 No such user") : default, State.Failed);

        Assert.Equal(Recipient.Types.Reason.Rejected, recipient.Reason);
        Assert.Contains("No such user", recipient.Detail, StringComparison.Ordinal);
        Assert.Empty(MessagesTo(address));
        await SendAsync(_ => default, State.Accepted);
    }

    [Theory]
    [InlineData(SmtpStage.Mail)]
    [InlineData(SmtpStage.Recipient)]
    [InlineData(SmtpStage.Data)]
    public async Task Tries_again_if_the_connection_breaks_before_the_message_was_written(SmtpStage stage)
    {
        var cuts = 0;

        var (_, address) = await SendAsync(
            step => step.Stage == stage && Interlocked.Increment(ref cuts) == 1 ? SmtpReaction.Cut : default, State.Accepted);

        Assert.Single(MessagesTo(address));
    }

    [Fact]
    public async Task A_connection_closed_before_all_of_the_message_was_written_defers_it()
    {
        var (deferred, address) = await SendAsync(step => step.Stage == SmtpStage.Body ? SmtpReaction.Cut : default, State.Deferred, s_large);
        world.Mail.Script = null;

        Assert.True(deferred.Attempts > 0);
        Assert.Empty(MessagesTo(address));
        await world.Mail.WaitForAsync(message => message.Recipients.Contains(address), Eventually.Patience);
    }

    [Theory]
    [InlineData(SmtpStage.EndOfData, 0)]
    [InlineData(SmtpStage.Kept, 1)]
    public async Task A_connection_closed_after_all_of_the_message_was_written_leaves_it_unknown_and_it_is_not_sent_again(SmtpStage stage, int kept)
    {
        var cuts = 0;

        var (recipient, address) = await SendAsync(
            step => step.Stage == stage && Interlocked.Increment(ref cuts) == 1 ? SmtpReaction.Cut : default, State.Unknown);

        Assert.Equal(Recipient.Types.Reason.NoAnswer, recipient.Reason);
        await SendAsync(_ => default, State.Accepted);
        Assert.Equal(kept, MessagesTo(address).Count);
    }

    [Theory]
    [InlineData(SmtpStage.Mail)]
    [InlineData(SmtpStage.Recipient)]
    [InlineData(SmtpStage.Data)]
    [InlineData(SmtpStage.Body)]
    public async Task A_server_that_hangs_before_all_of_the_message_was_written_defers_it(SmtpStage stage)
    {
        var hangs = 0;

        var (recipient, address) = await SendAsync(
            step => step.Stage == stage && Interlocked.Increment(ref hangs) == 1 ? SmtpReaction.Wait(s_hang) : default,
            State.Accepted,
            s_large);

        Assert.Equal(2, recipient.Attempts);
        Assert.Single(MessagesTo(address));
    }

    [Fact]
    public async Task A_server_that_is_slow_within_its_time_gets_the_message_once()
    {
        var (recipient, address) = await SendAsync(_ => SmtpReaction.Wait(TimeSpan.FromMilliseconds(200)), State.Accepted);

        Assert.Equal(1, recipient.Attempts);
        Assert.Single(MessagesTo(address));
    }

    [Fact]
    public async Task A_server_that_hangs_after_the_message_leaves_it_unknown()
    {
        var (recipient, _) = await SendAsync(
            step => step.Stage == SmtpStage.EndOfData ? SmtpReaction.Wait(s_hang) : default, State.Unknown);

        Assert.Equal(1, recipient.Attempts);
    }

    [Fact]
    public async Task A_server_that_is_away_costs_no_attempts()
    {
        var refused = 0;

        var (recipient, _) = await SendAsync(
            step => step.Stage == SmtpStage.Connect && Interlocked.Increment(ref refused) <= 3 ? SmtpReaction.Refuse(421, "Busy") : default,
            State.Accepted);

        Assert.Equal(1, recipient.Attempts);
        Assert.True(refused > 0);
    }

    // A script concerns the conversation about one address; others continue undisturbed. Before there is an address it concerns all.
    private async Task<(Recipient Recipient, string Address)> SendAsync(
        Func<SmtpStep, SmtpReaction> script, State expected, string text = "Hello")
    {
        var account = await world.Apps.NewAccountAsync();
        var address = $"{Guid.NewGuid():N}@x.example";
        var contact = await world.NewContactAsync(account, address);
        world.Mail.Script = step => step.Recipient == address || step.Stage is SmtpStage.Connect or SmtpStage.Mail ? script(step) : default;
        var sent = await world.SendAsync(account, contact.ContactId, CampaignWorld.Text("Hello", text));
        return (await world.WaitForMessageAsync(account, sent.MessageId, expected), address);
    }

    /// <summary>The services with less patience than a server that hangs.</summary>
    public sealed class ImpatientWorld : CampaignWorld
    {
        protected override IReadOnlyDictionary<string, string?> More =>
            new Dictionary<string, string?> { ["Smtp:Timeout"] = "00:00:06", ["Delivery:HandOverTimeout"] = "00:00:08" };
    }

    private List<SmtpMessage> MessagesTo(string address) => [.. world.Mail.Messages.Where(m => m.Recipients.Contains(address))];
}
