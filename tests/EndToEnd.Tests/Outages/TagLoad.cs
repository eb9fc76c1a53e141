using System.Collections.Concurrent;
using Crm.Segments.V1;
using Crm.Tags.V1;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Outages;

/// <summary>
/// Puts a tag on contacts and takes it off again while servers are hurt, each call until it is acknowledged. Afterwards the contacts must have what was
/// acknowledged last, and each acknowledged call must have had one effect.
/// </summary>
internal sealed class TagLoad
{
    /// <summary>The filter that finds who has the tag.</summary>
    public const string Filter = "has tag \"Hot\"";

    private const int Writers = 4;
    private const int ContactsOfWriter = 10;
    private const string Tag = "Hot";

    private readonly TestApps _apps;
    private readonly ConcurrentQueue<Failure> _failures = [];
    private readonly ConcurrentDictionary<int, bool> _hasTag = [];
    private readonly Task _writing;
    private long _added;
    private long _removed;
    private volatile bool _isStopped;

    private TagLoad(TestApps apps, string account, int tagId, IReadOnlyList<int> contacts)
    {
        (_apps, Account, TagId) = (apps, account, tagId);
        _writing = Task.WhenAll(contacts.Chunk(ContactsOfWriter).Select(mine => Task.Run(() => WriteAsync(mine))));
    }

    public string Account { get; }

    public int TagId { get; }

    /// <summary>How the calls failed that were repeated.</summary>
    public IReadOnlyCollection<Failure> Failures => _failures;

    /// <summary>The token of one of the last acknowledged writes.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Begins to write, in an account of its own.</summary>
    public static async Task<TagLoad> StartAsync(TestApps apps)
    {
        var account = await apps.NewAccountAsync();
        var tag = await apps.Tags.CreateTagAsync(new() { Account = account, Tag = new Tag { Name = Tag } });
        var contacts = new List<int>();
        for (var i = 0; i < Writers * ContactsOfWriter; i++)
        {
            contacts.Add((await apps.Contacts.CreateContactAsync(new() { Account = account, Contact = new() })).Contact.ContactId);
        }

        return new TagLoad(apps, account, tag.Tag.TagId, contacts);
    }

    /// <summary>Waits until so many more writes are acknowledged.</summary>
    public async Task MoreAsync(int writes = 40)
    {
        var before = _added + _removed;
        await Eventually.HoldsAsync(() => _writing.IsCompleted || _added + _removed >= before + writes);
        Assert.False(_writing.IsCompleted, $"Writing ended: {_writing.Exception}");
    }

    /// <summary>Waits until a write has failed, for the first time or again.</summary>
    public Task FailureAsync() => Eventually.HoldsAsync(() => !_failures.IsEmpty);

    /// <summary>Brings the writes to an end.</summary>
    public async Task StopAsync()
    {
        _isStopped = true;
        await _writing;
    }

    /// <summary>Compares what the services say with what was acknowledged.</summary>
    public async Task RequireNothingLostAsync()
    {
        var expected = _hasTag.Where(contact => contact.Value).Select(contact => contact.Key).Order().ToList();
        var source = new FilterSource { Text = Filter };
        var matches = await Calls.UntilServedAsync(call => _apps.Segments.ListMatchesAsync(new() { Account = Account, Source = source, PageSize = 1_000 }, call));
        var count = await Calls.UntilServedAsync(call => _apps.Segments.CountContactsAsync(new() { Account = Account, Source = source, AtLeast = Token }, call));
        var events = await Calls.UntilServedAsync(call => _apps.Tags.ListTagEventsAsync(new() { Account = Account, TagId = TagId, ShowTotal = true }, call));

        Assert.Equal(expected, matches.ContactIds);
        Assert.Equal(expected.Count, count.Count);
        Assert.Equal((_added, _removed), (events.TotalAdded, events.TotalRemoved));
    }

    // Each contact has one writer, so what was acknowledged last is what it has.
    private async Task WriteAsync(int[] contacts)
    {
        for (var i = 0; !_isStopped; i++)
        {
            var contact = contacts[i % contacts.Length];
            var request = Guid.NewGuid().ToString();
            if (_hasTag.GetValueOrDefault(contact))
            {
                Token = (await Calls.UntilServedAsync(call => _apps.Tags.RemoveTagsAsync(
                    new() { Account = Account, ContactId = contact, TagIds = { TagId }, RequestId = request }, call), _failures)).ConsistencyToken;
                Interlocked.Increment(ref _removed);
                _hasTag[contact] = false;
            }
            else
            {
                Token = (await Calls.UntilServedAsync(call => _apps.Tags.AddTagsAsync(
                    new() { Account = Account, ContactId = contact, TagIds = { TagId }, RequestId = request }, call), _failures)).ConsistencyToken;
                Interlocked.Increment(ref _added);
                _hasTag[contact] = true;
            }
        }
    }
}
