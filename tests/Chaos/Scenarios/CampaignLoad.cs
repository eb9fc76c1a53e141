using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Crm.Accounts.V1;
using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Chaos.Rig;
using TagSegments.Embedded.Smtp;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// Sends campaigns to everybody, several at a time, and pauses and resumes them. Some contacts unsubscribe as soon as they get the first
/// message, while the next ones are on their way.
/// </summary>
/// <param name="rig">The product.</param>
/// <param name="patience">How long a campaign may stand still.</param>
/// <param name="rest">The pause after each campaign of a sender.</param>
internal sealed class CampaignLoad(ChaosRig rig, TimeSpan patience, TimeSpan rest) : IDisposable
{
    public const string Account = "chaos";

    /// <summary>How many contacts get every campaign.</summary>
    public const int Faithful = 300;

    private const int Senders = 3;
    private const int LeaversPerCampaign = 5;
    private readonly ConcurrentDictionary<string, bool> _left = new();
    private readonly ConcurrentBag<Task> _leaving = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private int _campaigns;

    /// <summary>How many campaigns were sent.</summary>
    public int Sent => _campaigns;

    /// <summary>The addresses whose unsubscribe was acknowledged.</summary>
    public IReadOnlyCollection<string> Left => [.. _left.Where(left => left.Value).Select(left => left.Key)];

    private CampaignService.CampaignServiceClient Campaigns => new(rig[Target.Campaigns].Channel);

    private ContactService.ContactServiceClient Contacts => new(rig[Target.Tags].Channel);

    public static string Address(int contact) => $"contact{contact}@example.com";

    // The sender's name carries the campaign's number into the mailbox of the mail server.
    public static string Sender(int campaign) => $"campaign{campaign}@sender.example.com";

    public static string Name(int campaign) => $"Campaign {campaign}";

    public async Task ArrangeAsync()
    {
        await new AccountService.AccountServiceClient(rig[Target.Tags].Channel).CreateAccountAsync(new CreateAccountRequest { Account = Account });
        await Parallel.ForEachAsync(
            Enumerable.Range(1, Faithful), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) => await CreateAsync(Address(number)));
        rig.MailKept += LeaveIfWanted;
    }

    /// <summary>Sends until cancelled; ends when all messages have ended.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(
            async () =>
            {
                do
                {
                    await SendAsync(Interlocked.Increment(ref _campaigns), pauses: sender == 0);
                    await Task.Delay(rest, CancellationToken.None);
                }
                while (!stop.IsCancellationRequested);
            },
            CancellationToken.None)));
        await Task.WhenAll(_leaving);
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(int number, bool pauses)
    {
        await Task.WhenAll(Enumerable.Range(1, LeaversPerCampaign).Select(leaver => CreateAsync($"leaver{number}x{leaver}@example.com")));
        var campaign = new Campaign
        {
            Name = Name(number),
            Channel = Channel.Email,
            Message = new Message { FromAddress = Sender(number), Subject = Name(number), Text = "Hello" },
            Audience = new Audience { Include = { new FilterSource { Filter = new Filter { Everyone = new EveryoneClause() } } } },
        };
        var create = new CreateCampaignRequest { Account = Account, Campaign = campaign, RequestId = $"create-{number}" };
        var created = await Calls.UntilAcknowledgedAsync(call => Campaigns.CreateCampaignAsync(create, call), CancellationToken.None);
        var id = created.Campaign.CampaignId;
        var send = new SendCampaignRequest { Account = Account, CampaignId = id, RequestId = $"send-{number}" };
        await Calls.UntilAcknowledgedAsync(call => Campaigns.SendCampaignAsync(send, call), CancellationToken.None);
        if (pauses)
        {
            await PauseAsync(id, number);
        }

        await WaitUntilAsync(id, campaign => campaign.State is Campaign.Types.State.Sent or Campaign.Types.State.Failed);
    }

    private async Task PauseAsync(string id, int number)
    {
        await WaitUntilAsync(id, campaign => campaign.State >= Campaign.Types.State.Sending);
        var pause = new PauseCampaignRequest { Account = Account, CampaignId = id, RequestId = $"pause-{number}" };
        var resume = new ResumeCampaignRequest { Account = Account, CampaignId = id, RequestId = $"resume-{number}" };
        try
        {
            await Calls.UntilAcknowledgedAsync(call => Campaigns.PauseCampaignAsync(pause, call), CancellationToken.None);
            await Task.Delay(100);
            await Calls.UntilAcknowledgedAsync(call => Campaigns.ResumeCampaignAsync(resume, call), CancellationToken.None);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
        {
            // All of it had left already.
        }
    }

    private async Task WaitUntilAsync(string id, Func<Campaign, bool> reached)
    {
        var request = new GetCampaignRequest { Account = Account, CampaignId = id };
        Campaign? last = null;
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < patience; await Task.Delay(100))
        {
            var campaign = (await Calls.UntilAcknowledgedAsync(call => Campaigns.GetCampaignAsync(request, call), CancellationToken.None)).Campaign;
            if (reached(campaign))
            {
                return;
            }

            if (!campaign.Equals(last))
            {
                last = campaign;
                waited.Restart();
            }
        }
    }

    private async Task CreateAsync(string address)
    {
        var request = new CreateContactRequest { Account = Account, Contact = new Contact { Email = address }, RequestId = address };
        await Calls.UntilAcknowledgedAsync(call => Contacts.CreateContactAsync(request, call), CancellationToken.None);
    }

    private void LeaveIfWanted(SmtpMessage message)
    {
        var address = message.Recipients[0];
        if (address.StartsWith("leaver", StringComparison.Ordinal) && _left.TryAdd(address, false))
        {
            _leaving.Add(Task.Run(() => LeaveAsync(address, new Uri(message.Header("List-Unsubscribe")!.Trim('<', '>')))));
        }
    }

    // One-click, as mail programs do it.
    private async Task LeaveAsync(string address, Uri link)
    {
        while (true)
        {
            try
            {
                using var reply = await _http.PostAsync(link, new StringContent("List-Unsubscribe=One-Click"));
                if (reply.StatusCode == HttpStatusCode.OK)
                {
                    _left[address] = true;
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Its server is dead at the moment.
            }

            await Task.Delay(50);
        }
    }
}
