using System.Collections.Concurrent;
using Crm.Accounts.V1;
using Crm.Contacts.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Google.Protobuf;
using Grpc.Core;
using TagSegments.Chaos.Rig;
using TagSegments.Chaos.Scenarios;

namespace TagSegments.Chaos.Soak;

/// <summary>
/// Changes the tags of an account that nobody else changes, imports people into it, and after each acknowledged change asks for counts: each must
/// be exact, whatever has happened to the services, to PostgreSQL and to Redis.
/// </summary>
/// <param name="rig">The product.</param>
/// <param name="number">The number of the account.</param>
/// <param name="seed">The seed of every choice.</param>
/// <param name="rest">The longest pause after a change.</param>
internal sealed class CountLoad(ChaosRig rig, int number, int seed, TimeSpan rest)
{
    private const int Contacts = 300;
    private const int TagCount = 6;
    private const int RowsOfImport = 20;
    private readonly string _account = $"counted-{number}";
    private readonly Random _random = new(seed);
    private readonly int[] _contacts = new int[Contacts];
    private readonly int[] _tagIds = new int[TagCount];
    private readonly bool[,] _has = new bool[Contacts, TagCount];
    private readonly ConcurrentBag<string> _wrong = [];
    private int _importedTag;

    /// <summary>The number of the account in the database.</summary>
    public int AccountId { get; private set; }

    /// <summary>The counts that were not exact.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>How many changes were acknowledged.</summary>
    public int Writes { get; private set; }

    /// <summary>How many counts were compared.</summary>
    public int Counts { get; private set; }

    /// <summary>How many people were imported.</summary>
    public int Imported { get; private set; }

    /// <summary>How many contacts must have each tag.</summary>
    public IEnumerable<(int TagId, int Contacts)> Expected => Enumerable.Range(0, TagCount)
        .Select(tag => (_tagIds[tag], Matching(TagClause.Types.Match.Any, [tag])))
        .Append((_importedTag, Imported));

    private TagService.TagServiceClient Tags => new(rig[Target.Tags].Channel);

    public async Task ArrangeAsync()
    {
        var accounts = new AccountService.AccountServiceClient(rig[Target.Tags].Channel);
        var contacts = new ContactService.ContactServiceClient(rig[Target.Tags].Channel);
        AccountId = (await accounts.CreateAccountAsync(new() { Account = _account })).Account.AccountId;
        for (var tag = 0; tag < TagCount; tag++)
        {
            _tagIds[tag] = (await Tags.CreateTagAsync(new() { Account = _account, Tag = new() { Name = $"Tag {tag}" } })).Tag.TagId;
        }

        _importedTag = (await Tags.CreateTagAsync(new() { Account = _account, Tag = new() { Name = "Imported" } })).Tag.TagId;
        for (var i = 0; i < Contacts; i++)
        {
            var created = await contacts.CreateContactAsync(new() { Account = _account, Contact = new() { Email = $"{i}@example.com" } });
            _contacts[i] = created.Contact.ContactId;
        }
    }

    /// <summary>Works until cancelled; ends when the last count has come.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await (_random.Next(20) switch
            {
                0 => ImportAsync(),
                < 6 => WriteManyAsync(),
                _ => WriteOneAsync(),
            });
            Writes++;
            await CompareAsync();
            await Task.Delay(rest * _random.NextDouble(), CancellationToken.None);
        }
    }

    private async Task WriteOneAsync()
    {
        var (contact, tag, on, id) = (_random.Next(Contacts), _random.Next(TagCount), _random.Next(2) == 0, Guid.NewGuid().ToString());
        if (on)
        {
            var add = new AddTagsRequest { Account = _account, ContactId = _contacts[contact], TagIds = { _tagIds[tag] }, RequestId = id };
            await Calls.UntilAcknowledgedAsync(call => Tags.AddTagsAsync(add, call), CancellationToken.None);
        }
        else
        {
            var remove = new RemoveTagsRequest { Account = _account, ContactId = _contacts[contact], TagIds = { _tagIds[tag] }, RequestId = id };
            await Calls.UntilAcknowledgedAsync(call => Tags.RemoveTagsAsync(remove, call), CancellationToken.None);
        }

        _has[contact, tag] = on;
    }

    private async Task WriteManyAsync()
    {
        var (add, remove) = (_random.Next(TagCount), _random.Next(TagCount - 1));
        remove += remove >= add ? 1 : 0;
        var chosen = Enumerable.Range(0, Contacts).Where(_ => _random.Next(4) == 0).ToList();
        var request = new BulkTagRequest
        {
            Account = _account,
            ContactIds = { chosen.Select(contact => _contacts[contact]) },
            AddTagIds = { _tagIds[add] },
            RemoveTagIds = { _tagIds[remove] },
            RequestId = Guid.NewGuid().ToString(),
        };
        await Calls.UntilAcknowledgedAsync(call => Tags.BulkTagAsync(request, call), CancellationToken.None);
        foreach (var contact in chosen)
        {
            (_has[contact, add], _has[contact, remove]) = (true, false);
        }
    }

    // An import that was interrupted is repeated as it was.
    private async Task ImportAsync()
    {
        var rows = Enumerable.Range(Imported, RowsOfImport).Select(row => $"x{row},x{row}@example.com,Imported");
        var file = ByteString.CopyFromUtf8($"external_id,email,tags\n{string.Join('\n', rows)}\n");
        while (!await TryImportAsync(file))
        {
            await Task.Delay(50);
        }

        Imported += RowsOfImport;
    }

    private async Task<bool> TryImportAsync(ByteString file)
    {
        try
        {
            using var call = new ImportService.ImportServiceClient(rig[Target.Tags].Channel).Import(deadline: DateTime.UtcNow.AddSeconds(20));
            var options = new ImportOptions { FileName = "people.csv", ExternalIdColumn = "external_id", TagsColumns = { "tags" } };
            await call.RequestStream.WriteAsync(new() { Account = _account, Options = options });
            await call.RequestStream.WriteAsync(new() { Data = file });
            await call.RequestStream.CompleteAsync();
            var ended = false;
            await foreach (var response in call.ResponseStream.ReadAllAsync())
            {
                ended |= response.Summary is { Failed: 0 };
            }

            return ended;
        }
        catch (RpcException e) when (!Calls.IsFinal(e.StatusCode))
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // The call ended while the file was being written.
            return false;
        }
    }

    private async Task CompareAsync()
    {
        int[] tags = [.. Enumerable.Range(0, TagCount).OrderBy(_ => _random.Next()).Take(_random.Next(1, 4))];
        var match = (TagClause.Types.Match)_random.Next(1, 4);
        await CompareAsync(new TagClause { Match = match, TagIds = { tags.Select(tag => _tagIds[tag]) } }, Matching(match, tags));
        await CompareAsync(new TagClause { Match = TagClause.Types.Match.Any, TagIds = { _importedTag } }, Imported);
    }

    private async Task CompareAsync(TagClause clause, int expected)
    {
        var segments = new SegmentService.SegmentServiceClient(rig[Target.Segments].Channel);
        var request = new CountContactsRequest { Account = _account, Source = new FilterSource { Filter = new() { Tag = clause } } };
        var count = (await Calls.UntilAcknowledgedAsync(call => segments.CountContactsAsync(request, call), CancellationToken.None)).Count;
        Counts++;
        if (count != expected)
        {
            _wrong.Add($"{_account}, {clause}: {count} instead of {expected} at {DateTime.UtcNow:HH:mm:ss}, after {Writes} changes");
        }
    }

    // Imported people have none of these tags.
    private int Matching(TagClause.Types.Match match, int[] tags) => match switch
    {
        TagClause.Types.Match.Any => Enumerable.Range(0, Contacts).Count(contact => tags.Any(tag => _has[contact, tag])),
        TagClause.Types.Match.All => Enumerable.Range(0, Contacts).Count(contact => tags.All(tag => _has[contact, tag])),
        _ => Imported + Enumerable.Range(0, Contacts).Count(contact => !tags.Any(tag => _has[contact, tag])),
    };
}
