using Crm.Campaigns.V1;
using Microsoft.Extensions.DependencyInjection;
using TagSegments.Campaigns.Delivery;
using TagSegments.Campaigns.Journal;
using TagSegments.Campaigns.Ledger;
using TagSegments.Testing;
using CampaignState = Crm.Campaigns.V1.Campaign.Types.State;
using State = Crm.Campaigns.V1.Recipient.Types.State;

namespace TagSegments.Campaigns.Tests.Journal;

public sealed class JournalReplayTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task The_next_process_puts_the_journal_of_a_dead_one_into_the_ledger_and_sends_the_rest()
    {
        var (account, campaign) = await SendToSixAsync();
        var folder = await FolderAsync();
        var journal = await DieAsync(folder, campaign.CampaignId);
        await world.Campaigns.ResumeCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });

        await world.WaitForCampaignAsync(account, campaign.CampaignId, CampaignState.Sent);

        var ledger = await world.LedgerAsync(account, campaign.CampaignId);
        Assert.Equal(
            [State.Accepted, State.Unknown, State.Accepted, State.Failed, State.Accepted, State.Accepted], ledger.Select(r => r.State));
        // Not begun, deferred and waiting ones were sent, each for the second time in this test; the accepted one and the one in doubt were not.
        Assert.Equal([2, 1, 1, 1, 2, 2], ledger.Select(r => world.Mail.Messages.Count(m => m.Recipients[0] == r.Address)));
        Assert.Equal(["250 as the journal has it", "550 as the journal has it"], ledger.Skip(2).Take(2).Select(r => r.Detail));
        Assert.False(File.Exists(Path.Combine(folder, $"{journal.Id:N}{JournalFile.Suffix}")));
    }

    [Fact]
    public async Task Fault3_a_journal_that_comes_late_settles_what_another_machine_has_called_unknown()
    {
        var (account, campaign) = await SendToSixAsync();

        await DieAsync(await FolderAsync(), campaign.CampaignId, settledAgo: TimeSpan.Zero);

        var ledger = await Eventually.ReadAsync(
            () => world.LedgerAsync(account, campaign.CampaignId), recipients => recipients.Count(r => r.State == State.Accepted) == 4);
        Assert.Equal(
            [State.Accepted, State.Unknown, State.Accepted, State.Failed, State.Accepted, State.Accepted], ledger.Select(r => r.State));
        // Only what was not begun, or refused for now, was sent again.
        Assert.Equal([2, 1, 1, 1, 2, 1], ledger.Select(r => world.Mail.Messages.Count(m => m.Recipients[0] == r.Address)));
        await world.WaitForCampaignAsync(account, campaign.CampaignId, CampaignState.Sent);
    }

    [Fact]
    public async Task Fault3_a_journal_that_comes_hours_later_brings_answers_and_sends_nothing()
    {
        var (account, campaign) = await SendToSixAsync();
        var folder = await FolderAsync();

        var journal = await DieAsync(folder, campaign.CampaignId, settledAgo: TimeSpan.FromHours(2));

        await Eventually.HoldsAsync(() => !File.Exists(Path.Combine(folder, $"{journal.Id:N}{JournalFile.Suffix}")));
        Assert.Equal(
            [State.Unknown, State.Unknown, State.Accepted, State.Failed, State.Unknown, State.Accepted],
            (await world.LedgerAsync(account, campaign.CampaignId)).Select(r => r.State));
    }

    [Fact]
    public async Task Fault3_a_journal_that_comes_late_settles_a_single_message_too()
    {
        var account = await world.Apps.NewAccountAsync();
        var contact = await world.ContactAsync(account);
        var message = (await world.SendAsync(account, contact.ContactId, CampaignWorld.Text("Welcome"))).MessageId;
        await world.WaitForMessageAsync(account, message, State.Accepted);

        await DieAsync(await FolderAsync(), message, settledAgo: TimeSpan.Zero);

        await Eventually.HoldsAsync(() => world.MailOf(contact).Count == 2);
        await world.WaitForMessageAsync(account, message, State.Accepted);
    }

    private async Task<(string Account, Campaign Campaign)> SendToSixAsync()
    {
        var account = await world.Apps.NewAccountAsync();
        for (var i = 0; i < 6; i++)
        {
            await world.ContactAsync(account);
        }

        return (account, await world.SendAsync(account, CampaignWorld.Everyone));
    }

    private async Task<string> FolderAsync()
    {
        var root = world.Apps.App(Service.Campaigns).Services.GetRequiredService<DeliveryOptions>().JournalFolder;
        return Path.Combine(root, (await world.QueryAsync<Guid>("SELECT installation_id FROM campaigns.installation")).Single().ToString());
    }

    // The journal of a process that is killed with five messages under way: departed, begun, accepted, refused and deferred. Another one may have called
    // them unknown since.
    private async Task<JournalFile> DieAsync(string folder, string campaignId, TimeSpan? settledAgo = null)
    {
        var id = Guid.Parse(campaignId);
        var journal = JournalFile.Create(folder, lanes: 1);
        await world.ExecuteAsync(
            """
            UPDATE campaigns.campaign SET state = CASE WHEN @isSettled THEN state ELSE 5 END WHERE campaign_id = @id;
            UPDATE campaigns.recipient SET state = CASE WHEN @isSettled THEN 8 ELSE 3 END, fence = 100, attempts = 1, due_at = NULL,
                updated_at = now() - @ago
            WHERE campaign_id = @id AND contact_id <= 5;
            UPDATE campaigns.recipient SET state = 1, due_at = NULL WHERE campaign_id = @id AND contact_id = 6 AND NOT @isSettled;
            INSERT INTO campaigns.batch (account_id, campaign_id, batch_id, first_contact, last_contact, fence, lease_until, holder)
            SELECT account_id, campaign_id, 1, 1, 6, 100, now() + interval '1 hour', @holder
            FROM campaigns.campaign
            WHERE campaign_id = @id AND NOT @isSettled
            """,
            new { id, holder = journal.Id, isSettled = settledAgo is not null, ago = settledAgo ?? TimeSpan.Zero });
        var accounts = await world.QueryAsync<int>("SELECT account_id FROM campaigns.recipient WHERE campaign_id = @id LIMIT 1", new { id });
        var recipients = Enumerable.Range(1, 5).Select(contact => new BatchRecipient(accounts[0], id, contact, 1, "", BatchId: 1, Fence: 100)).ToList();
        var handover = journal.Lanes[0].Depart(recipients);
        handover.Begin(1);
        handover.End(2, Outcome.Of(recipients[2], HandoverResult.Accepted("250 as the journal has it"), new DeliveryOptions()));
        handover.End(3, Outcome.Of(recipients[3], HandoverResult.Failed(Recipient.Types.Reason.Rejected, "550 as the journal has it"), new DeliveryOptions()));
        handover.End(4, Outcome.Of(recipients[4], HandoverResult.Deferred("451"), new DeliveryOptions { RetryDelay = TimeSpan.FromMilliseconds(50) }));
        journal.Dispose();
        return journal;
    }
}
