using System.Diagnostics;
using Crm.Accounts.V1;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Dapper;
using Npgsql;
using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Sends campaigns while processes die, the mail server among them: every recipient gets its message once. What SMTP makes unknowable,
/// a connection cut between the end of a message and its acknowledgement, must be marked unknown.
/// </summary>
internal sealed class CampaignKills(ChaosRig rig, ChaosOptions options)
{
    private const string Account = "chaos";
    private const int Contacts = 300;
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(120);
    private static readonly Target[] s_killed =
        [Target.Campaigns, Target.Campaigns, Target.Campaigns, Target.Smtp, Target.Smtp, Target.Segments, Target.Tags, Target.Postgres];

    // Short leases and pauses: what a person waits out, the harness should not.
    private static readonly Dictionary<string, string> s_settings = new()
    {
        ["Delivery:BatchLease"] = "00:00:03",
        ["Delivery:RecoveryGrace"] = "00:00:01",
        ["Delivery:HandOverTimeout"] = "00:00:02",
        ["Delivery:PrepareLease"] = "00:00:02",
        ["Delivery:RetryDelay"] = "00:00:00.200",
        ["Delivery:MaxRetryDelay"] = "00:00:01",
    };

    private int _campaigns;

    public static async Task<ChaosReport> RunAsync(ChaosOptions options)
    {
        await using var rig = await ChaosRig.StartAsync(s_settings, [Target.Smtp, Target.Tags, Target.Segments, Target.Campaigns]);
        return await new CampaignKills(rig, options).RunAsync();
    }

    private CampaignService.CampaignServiceClient Campaigns => new(rig[Target.Campaigns].Channel);

    private async Task<ChaosReport> RunAsync()
    {
        await ArrangeAsync();

        using var stop = new CancellationTokenSource();
        var sending = Task.Run(() => SendUntilAsync(stop.Token));
        var loop = new KillLoop(rig, new Random(options.Seed), s_killed);
        var duration = Stopwatch.StartNew();
        await loop.RunAsync(options.Kills, _ => Task.CompletedTask);
        await stop.CancelAsync();
        await sending;

        var report = await JudgeAsync();
        report.Tell("kills", options.Kills);
        report.Tell("killed", loop.Kills);
        report.Tell("seconds", Math.Round(duration.Elapsed.TotalSeconds));
        if (report.HasViolations)
        {
            rig.ShowRecentOutput();
        }

        return report;
    }

    private async Task ArrangeAsync()
    {
        var accounts = new AccountService.AccountServiceClient(rig[Target.Tags].Channel);
        var contacts = new ContactService.ContactServiceClient(rig[Target.Tags].Channel);
        await accounts.CreateAccountAsync(new CreateAccountRequest { Account = Account });
        await Parallel.ForEachAsync(Enumerable.Range(1, Contacts), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, ct) =>
            await contacts.CreateContactAsync(
                new CreateContactRequest { Account = Account, Contact = new Contact { Email = $"contact{number}@example.com" } },
                cancellationToken: ct));
    }

    private async Task SendUntilAsync(CancellationToken stop)
    {
        do
        {
            await SendAsync(++_campaigns);
        }
        while (!stop.IsCancellationRequested);
    }

    // The sender's name carries the campaign's number into the mailbox of the mail server.
    private async Task SendAsync(int number)
    {
        var campaign = new Campaign
        {
            Name = $"Campaign {number}",
            Channel = Channel.Email,
            Message = new Message { FromAddress = Sender(number), Subject = $"Campaign {number}", Text = "Hello" },
            Audience = new Audience { Include = { new FilterSource { Filter = new Filter { Everyone = new EveryoneClause() } } } },
        };
        var create = new CreateCampaignRequest { Account = Account, Campaign = campaign, RequestId = $"create-{number}" };
        var created = await Calls.UntilAcknowledgedAsync(call => Campaigns.CreateCampaignAsync(create, call), CancellationToken.None);
        var send = new SendCampaignRequest { Account = Account, CampaignId = created.Campaign.CampaignId, RequestId = $"send-{number}" };
        await Calls.UntilAcknowledgedAsync(call => Campaigns.SendCampaignAsync(send, call), CancellationToken.None);
        await WaitUntilEndedAsync(created.Campaign.CampaignId);
    }

    private async Task WaitUntilEndedAsync(string campaignId)
    {
        var waited = Stopwatch.StartNew();
        var request = new GetCampaignRequest { Account = Account, CampaignId = campaignId };
        while (waited.Elapsed < s_drain)
        {
            var reply = await Calls.UntilAcknowledgedAsync(call => Campaigns.GetCampaignAsync(request, call), CancellationToken.None);
            if (reply.Campaign.State is Campaign.Types.State.Sent or Campaign.Types.State.Failed)
            {
                return;
            }

            await Task.Delay(100);
        }
    }

    private async Task<ChaosReport> JudgeAsync()
    {
        await using var connection = new NpgsqlConnection(rig.OwnerConnectionString);
        var ledger = (await connection.QueryAsync<(string Name, string Address, int State)>(
            """
            SELECT campaign.name, recipient.address, recipient.state::int
            FROM campaigns.recipient AS recipient
            JOIN campaigns.campaign AS campaign USING (account_id, campaign_id)
            """)).ToList();
        var states = ledger.ToDictionary(row => (row.Name, row.Address), row => (Recipient.Types.State)row.State);
        var mail = rig.Mail();
        var all = Enumerable.Range(1, _campaigns).SelectMany(campaign => Enumerable.Range(1, Contacts).Select(contact => (campaign, contact)));
        var rows = all.Select(pair =>
        {
            var address = $"contact{pair.contact}@example.com";
            var state = states.GetValueOrDefault(($"Campaign {pair.campaign}", address));
            return (Who: $"campaign {pair.campaign}, {address}: {state}", State: state, Copies: mail.GetValueOrDefault((Sender(pair.campaign), address)));
        }).ToList();

        var report = new ChaosReport("campaigns", options);
        report.Tell("campaigns", _campaigns);
        report.Tell("recipients", rows.Count);
        report.Tell("unknown", rows.Count(row => row.State is Recipient.Types.State.Unknown));
        var lost = rows.Where(row => row.Copies == 0 && row.State is not Recipient.Types.State.Unknown).ToList();
        var doubled = rows.Where(row => row.Copies > 1).ToList();
        var untrue = rows.Where(row => row.Copies == 1 && row.State is not (Recipient.Types.State.Accepted or Recipient.Types.State.Unknown)).ToList();
        report.MustBeZero("lost", lost.Count, lost.Select(row => row.Who));
        report.MustBeZero("doubled", doubled.Sum(row => row.Copies - 1), doubled.Select(row => $"{row.Who}, {row.Copies} copies"));
        report.MustBeZero("untrue", untrue.Count, untrue.Select(row => row.Who));
        return report;
    }

    private static string Sender(int campaign) => $"campaign{campaign}@sender.example.com";
}
