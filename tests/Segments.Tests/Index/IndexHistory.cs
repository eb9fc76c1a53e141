using Crm.Segments.V1;
using Npgsql;
using StackExchange.Redis;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Filters;
using TagSegments.Segments.Index;
using TagSegments.Testing;
using TagSegments.Testing.Histories;

namespace TagSegments.Segments.Tests.Index;

/// <summary>
/// One random history: writes, evaluations by two replicas, faults of Redis, retention, and a restored database that goes on differently.
/// Each answer is compared with a naive model and with SQL in one snapshot.
/// </summary>
internal sealed class IndexHistory(NpgsqlDataSource owner, NpgsqlDataSource service, string redis, Protocol? protocol = null)
{
    private const int Tags = 4;
    private static readonly int[] s_contacts = [.. Enumerable.Range(1, 12), .. Enumerable.Range(16_378, 12), .. Enumerable.Range(40_000, 4)];

    private TagModel _current = new();
    private TagModel? _backup;

    /// <summary>How many evaluations were compared so far.</summary>
    public int Evaluations { get; private set; }

    /// <summary>How many faults, restarts and restored databases there were so far.</summary>
    public int Faults { get; private set; }

    /// <summary>Plays a history and returns how many answers were wrong.</summary>
    public async Task<int> PlayAsync(int seed, int steps = 40)
    {
        var random = new Random(seed);
        var account = await SetUpAsync();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis);
        var faults = new RedisFaults(connection.GetDatabase(), account.Id, Tags);
        var nodes = new[] { new IndexNode(service, redis, protocol), new IndexNode(service, redis, protocol) };
        var wrong = 0;
        for (var step = 0; step < steps; step++)
        {
            var node = random.Next(2);
            switch (random.Next(12))
            {
                case < 5:
                    await WriteAsync(account, random);
                    break;
                case < 9:
                    wrong += await EvaluateAsync(account, nodes[node], RandomFilter.Next(random, Tags)) ? 0 : 1;
                    break;
                case 9:
                    await faults.StrikeAsync(random);
                    Faults++;
                    break;
                case 10:
                    await nodes[node].DisposeAsync();
                    nodes[node] = new IndexNode(service, redis, protocol);
                    Faults++;
                    break;
                default:
                    await RestoreOrPruneAsync(account, random);
                    Faults++;
                    break;
            }
        }

        await nodes[0].DisposeAsync();
        await nodes[1].DisposeAsync();
        return wrong;
    }

    private async Task<TestAccount> SetUpAsync()
    {
        var account = await TestAccount.CreateAsync(owner);
        for (var tag = 1; tag <= Tags; tag++)
        {
            await account.CreateTagAsync($"Tag {tag}");
        }

        await account.CreateContactsAsync(s_contacts);
        await account.ExecuteAsync("UPDATE crm.contact SET language = 'even' WHERE account_id = @Id AND contact_id % 2 = 0");
        _current.Apply(0, true, s_contacts);
        return account;
    }

    private async Task WriteAsync(TestAccount account, Random random)
    {
        var one = s_contacts[random.Next(s_contacts.Length)];
        if (random.Next(6) == 0)
        {
            var delete = _current.Holders(0).Contains(one);
            await account.DeleteContactAsync(one, delete);
            _current.Apply(0, !delete, [one]);
            return;
        }

        var some = random.Next(2) == 0 ? [one] : s_contacts.Where(_ => random.Next(3) == 0).Append(one).ToArray();
        var writes = Enumerable.Range(0, random.Next(1, 3))
            .Select(_ => new TagWrite(random.Next(1, Tags + 1), random.Next(5) < 3, some))
            .ToArray();
        await account.ChangeAsync(writes);
        foreach (var write in writes)
        {
            _current.Apply(write.TagId, write.Add, write.ContactIds);
        }
    }

    private async Task<bool> EvaluateAsync(TestAccount account, IndexNode node, Filter filter)
    {
        var answer = await node.EvaluateAsync(account.Id, filter);
        Evaluations++;
        var (snapshot, state) = await node.Indexes.OpenAsync(account.Id, Missing.Nothing, CancellationToken.None);
        await using (snapshot)
        {
            var bySql = await SqlEvaluator.FindAsync(
                snapshot, filter, new FilterContext(state.Catalog, DateTimeOffset.UnixEpoch), null, CancellationToken.None);
            Assert.Equal(_current.Matching(filter), bySql.After(-1));
        }

        return answer.SequenceEqual(_current.Matching(filter));
    }

    // A restored database goes through the same positions again, with other changes: only the nonces tell.
    private async Task RestoreOrPruneAsync(TestAccount account, Random random)
    {
        if (random.Next(3) == 0)
        {
            await account.PruneAsync();
            _backup = null;
        }
        else if (_backup is null)
        {
            await account.BackUpAsync();
            _backup = _current.Copy();
        }
        else
        {
            await account.RestoreAsync();
            _current = _backup.Copy();
        }
    }
}
