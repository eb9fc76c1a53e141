using System.Diagnostics;
using Crm.Accounts.V1;
using Crm.Activity.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Benchmarks.Tenants;

/// <summary>
/// The account whose calls are measured: 10,000 contacts and modest calls at a steady rate, which does not wait for slow answers. It has
/// connections of its own.
/// </summary>
internal sealed class SteadyCalls
{
    /// <summary>Counts, additions of a tag and explanations.</summary>
    public static readonly string[] Modest = ["count", "add", "explain"];

    /// <summary>The same, and calls to the other stores.</summary>
    public static readonly string[] OfEveryService = [.. Modest, "contacts", "activities"];

    private const string Account = "small";
    private const int Contacts = 10_000;
    private const int PerSecond = 45;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(8);

    private static readonly FilterSource[] s_sources =
    [
        new() { Text = """has tag "T1" AND NOT has tag "T2" """ },
        new() { Text = """has tag "Steady" AND opened email in last 30 days""" },
        new() { Text = """country = "DE" AND score > 500 AND has none of tags ("T3", "T4")""" },
    ];

    private readonly Dictionary<string, Func<int, Task>> _calls;
    private readonly string[] _kinds;
    private int _number;

    private SteadyCalls(TenantRig rig, string[] kinds, int tagId)
    {
        _kinds = kinds;
        var segments = new SegmentService.SegmentServiceClient(rig.Connect(Service.Segments));
        var channel = rig.Connect(Service.Tags);
        var (tags, contacts) = (new TagService.TagServiceClient(channel), new ContactService.ContactServiceClient(channel));
        var activities = new ActivityService.ActivityServiceClient(rig.Connect(Service.Campaigns));
        _calls = new()
        {
            ["count"] = async i => await segments.CountContactsAsync(new() { Account = Account, Source = Source(i) }),
            ["add"] = async i => await tags.AddTagsAsync(new() { Account = Account, ContactId = Contact(i), TagIds = { tagId } }),
            ["explain"] = async i => await segments.ExplainContactAsync(new() { Account = Account, Source = Source(i), ContactId = Contact(i) }),
            ["contacts"] = async i => await contacts.GetContactAsync(new() { Account = Account, ContactId = Contact(i) }),
            ["activities"] = async i => await activities.ListActivitiesAsync(new() { Account = Account, ContactId = Contact(i) }),
        };
    }

    /// <summary>Creates the account, and calls for a while without measuring.</summary>
    public static async Task<SteadyCalls> ArrangeAsync(TenantRig rig, string[] kinds)
    {
        await new AccountService.AccountServiceClient(rig.Connect(Service.Tags)).CreateAccountAsync(new CreateAccountRequest { Account = Account });
        await new Imports(rig).ContactsAsync(Account, Contacts, round: 0, CancellationToken.None);
        await new Activities(rig).RecordAsync(Account, Contacts);
        var tag = await new TagService.TagServiceClient(rig.Connect(Service.Tags)).CreateTagAsync(new() { Account = Account, Tag = new Tag { Name = "Steady" } });
        var calls = new SteadyCalls(rig, kinds, tag.Tag.TagId);
        await calls.RunAsync(s_warmUp);
        return calls;
    }

    /// <summary>Calls for a while and returns the latencies by kind.</summary>
    public async Task<IReadOnlyDictionary<string, Latencies>> RunAsync(TimeSpan duration)
    {
        var latencies = _kinds.ToDictionary(kind => kind, _ => new Latencies());
        var calls = new List<Task>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            var kind = _kinds[_number % _kinds.Length];
            calls.Add(MeasureAsync(latencies[kind], _calls[kind], _number++ / _kinds.Length));
            var ahead = TimeSpan.FromSeconds((double)calls.Count / PerSecond) - clock.Elapsed;
            await Task.Delay(ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero);
        }

        await Task.WhenAll(calls);
        return latencies;
    }

    private static async Task MeasureAsync(Latencies latencies, Func<int, Task> call, int number)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await call(number);
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (RpcException e)
        {
            latencies.Fail(e);
        }
    }

    private static FilterSource Source(int number) => s_sources[number % s_sources.Length];

    private static int Contact(int number) => 1 + (number % Contacts);
}
