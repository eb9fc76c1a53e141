using Crm.Segments.V1;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Data;

/// <summary>An account whose tags one test alone changes, so that it knows every count.</summary>
internal sealed class CountedAccount
{
    private const int Contacts = 30;

    // A count that waits for Redis would take longer: Redis gets 50 ms.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);
    private readonly TestAccount _account;
    private readonly int[] _contacts = new int[Contacts];
    private readonly List<(int TagId, HashSet<int> Holders)> _tags = [];

    private CountedAccount(TestAccount account, int id) => (_account, Id) = (account, id);

    /// <summary>The number of the account.</summary>
    public int Id { get; }

    public static async Task<CountedAccount> NewAsync(TestApps apps)
    {
        var account = await TestAccount.NewAsync(apps);
        var id = await account.QueryAsync<int>("SELECT account_id FROM crm.account WHERE name = @name");
        var counted = new CountedAccount(account, id);
        for (var i = 0; i < Contacts; i++)
        {
            counted._contacts[i] = await account.NewContactAsync();
        }

        return counted;
    }

    /// <summary>
    /// Makes a tag, which no memory has, and changes an older one; then every count must be exact at once.
    /// </summary>
    public async Task ChangeAndCountAsync()
    {
        var step = _tags.Count;
        var tagId = await _account.NewTagAsync($"Tag {step}");
        var holders = _contacts.Where((_, i) => i % (step + 2) == 0).ToHashSet();
        await _account.Apps.Tags.BulkTagAsync(new() { Account = _account.Name, ContactIds = { holders }, AddTagIds = { tagId } });
        _tags.Add((tagId, holders));
        var (changedId, changed) = _tags[step / 2];
        var contact = _contacts[step % Contacts];
        if (changed.Remove(contact))
        {
            await _account.RemoveTagsAsync(contact, changedId);
        }
        else
        {
            await _account.AddTagsAsync(contact, changedId);
            changed.Add(contact);
        }

        await CountAsync();
    }

    /// <summary>Every count must be exact.</summary>
    public async Task CountAsync()
    {
        foreach (var (tagId, holders) in _tags)
        {
            var source = new FilterSource { Filter = new() { Tag = new() { Match = TagClause.Types.Match.Any, TagIds = { tagId } } } };
            var counted = await _account.Apps.Segments.CountContactsAsync(
                new() { Account = _account.Name, Source = source }, deadline: DateTime.UtcNow + s_deadline);
            Assert.Equal(holders.Count, counted.Count);
        }
    }

    /// <summary>Whether a key in Redis is of the account.</summary>
    public bool Owns(string key) => key.StartsWith($"idx:{{{Id}}}:", StringComparison.Ordinal);
}
