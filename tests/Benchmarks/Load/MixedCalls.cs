using Crm.Accounts.V1;
using Crm.Activity.V1;
using Crm.Campaigns.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Grpc.Net.Client;
using TagSegments.Benchmarks.Tenants;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Load;

/// <summary>
/// The mixed load of <c>tests/load</c>: 80 % reads, 15 % changes of tags, 5 % messages, campaigns and workflows, in one account. Or counts alone that
/// PostgreSQL has to answer: they cost the services much and the caller little, so that one machine can send ten times as many as are answered.
/// </summary>
internal sealed class MixedCalls(TenantRig rig, int contacts, bool isHeavy = false)
{
    private const string Account = "load";

    private static readonly FilterSource[] s_sources =
    [
        new() { Text = """has tag "T1" AND NOT has tag "T2" """ },
        new() { Text = """has tag "T3" AND opened email in last 30 days""" },
        new() { Text = """country = "DE" AND score > 500 AND has none of tags ("T3", "T4")""" },
    ];

    /// <summary>Creates the account.</summary>
    public static async Task<MixedCalls> ArrangeAsync(TenantRig rig, int contacts)
    {
        await new AccountService.AccountServiceClient(rig.Connect(Service.Tags)).CreateAccountAsync(new CreateAccountRequest { Account = Account });
        await new Imports(rig).ContactsAsync(Account, contacts, round: 0, CancellationToken.None);
        await new Activities(rig).RecordAsync(Account, contacts);
        return new MixedCalls(rig, contacts);
    }

    /// <summary>The counts alone.</summary>
    public MixedCalls Heavy => new(rig, contacts, isHeavy: true);

    /// <summary>Opens connections for callers, to each service one for each.</summary>
    public Callers Connect(int connections) => new(rig, contacts, connections, isHeavy);

    /// <summary>Callers with connections of their own.</summary>
    internal sealed class Callers(TenantRig rig, int contacts, int connections, bool isHeavy) : IDisposable
    {
        private readonly List<GrpcChannel> _channels = [];
        private readonly Dictionary<(Service, int), GrpcChannel> _open = [];
        private readonly Random[] _random = [.. Enumerable.Range(0, connections).Select(i => new Random(i))];

        /// <summary>Makes the next call of a caller, drawn by the shares of the mixed load.</summary>
        public Func<DateTime, Task> Next(int caller)
        {
            var random = _random[caller];
            if (isHeavy)
            {
                // A number that nobody has asked for: no answer is kept.
                var asked = new FilterSource { Text = $"""score > {random.Next(1_000)}.{random.Next(1_000_000_000)} AND NOT has tag "T2" """ };
                return async deadline => await Segments(caller).CountContactsAsync(new() { Account = Account, Source = asked }, deadline: deadline);
            }

            var (draw, contact, source) = (random.Next(100), random.Next(contacts) + 1, s_sources[random.Next(s_sources.Length)]);
            return draw switch
            {
                < 25 => async deadline => await Segments(caller).CountContactsAsync(new() { Account = Account, Source = source }, deadline: deadline),
                < 40 => async deadline => await Segments(caller).MatchContactsAsync(new() { Account = Account, Source = source, ContactIds = { contact } }, deadline: deadline),
                < 60 => async deadline => await new ContactService.ContactServiceClient(On(Service.Tags, caller)).GetContactAsync(new() { Account = Account, ContactId = contact }, deadline: deadline),
                < 75 => async deadline => await Tags(caller).BatchGetContactTagsAsync(new() { Account = Account, ContactIds = { Some(contact) } }, deadline: deadline),
                < 80 => async deadline => await new ActivityService.ActivityServiceClient(On(Service.Campaigns, caller)).ListActivitiesAsync(new() { Account = Account, ContactId = contact, PageSize = 20 }, deadline: deadline),
                < 88 => async deadline => await Tags(caller).AddTagsAsync(new() { Account = Account, ContactId = contact, TagNames = { "Load" }, CreateMissing = true }, deadline: deadline),
                < 95 => async deadline => await Tags(caller).RemoveTagsAsync(new() { Account = Account, ContactId = contact, TagNames = { "T5" } }, deadline: deadline),
                < 97 => async deadline => await new MessageService.MessageServiceClient(On(Service.Campaigns, caller)).SendMessageAsync(
                    new() { Account = Account, ContactId = contact, Message = new() { Subject = "Load", Text = "Hello {{ contact.first_name }}" }, RequestId = Guid.NewGuid().ToString() }, deadline: deadline),
                < 98 => async deadline => await new CampaignService.CampaignServiceClient(On(Service.Campaigns, caller)).ListCampaignsAsync(new() { Account = Account, PageSize = 20 }, deadline: deadline),
                _ => async deadline => await new WorkflowService.WorkflowServiceClient(On(Service.Workflows, caller)).ListRunsAsync(new() { Account = Account, PageSize = 20 }, deadline: deadline),
            };
        }

        public void Dispose() => _channels.ForEach(channel => channel.Dispose());

        private SegmentService.SegmentServiceClient Segments(int caller) => new(On(Service.Segments, caller));

        private TagService.TagServiceClient Tags(int caller) => new(On(Service.Tags, caller));

        private IEnumerable<int> Some(int first) => Enumerable.Range(first, 10).Select(contact => 1 + (contact % contacts));

        private GrpcChannel On(Service service, int caller)
        {
            lock (_open)
            {
                if (!_open.TryGetValue((service, caller), out var channel))
                {
                    channel = GrpcChannel.ForAddress(rig.AddressOf(service));
                    _open[(service, caller)] = channel;
                    _channels.Add(channel);
                }

                return channel;
            }
        }
    }
}
