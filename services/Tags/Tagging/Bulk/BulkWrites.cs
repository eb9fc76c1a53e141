using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Library;

namespace TagSegments.Tags.Tagging.Bulk;

/// <summary>
/// Adds and removes tags on many contacts, a few chunks at a time, so that single changes wait for milliseconds only. What is done stays
/// done if the process dies; repeating the call finishes it, because putting a tag where it is changes nothing.
/// </summary>
internal sealed class BulkWrites(GenericPlanPool database, AccountWrites writes, TagStore library, TimeProvider time)
{
    private const int MaxTags = 100;
    private const int ChunkWritesPerTransaction = 64;
    private readonly FairQueue _turns = new(8, 6, time);

    /// <summary>Runs the checks that do not need the database.</summary>
    public static void Check(BulkTagRequest request)
    {
        new FieldChecks().Require(request.ContactIds.Count > 0, "contact_ids", "is empty").ThrowIfAny();
        CheckTags(request.AddTagIds, request.RemoveTagIds);
    }

    /// <summary>Checks the tags to add and to remove.</summary>
    public static void CheckTags(IReadOnlyList<int> add, IReadOnlyList<int> remove) => new FieldChecks()
        .Require(add.Count + remove.Count > 0, "add_tag_ids", "must name a tag to add, or remove_tag_ids one to remove")
        .Require(add.Count <= MaxTags, "add_tag_ids", $"has more than {MaxTags} entries")
        .Require(remove.Count <= MaxTags, "remove_tag_ids", $"has more than {MaxTags} entries")
        .Require(add.Concat(remove).All(id => id > 0), "add_tag_ids", "tag numbers start at 1")
        .Require(add.Distinct().Count() == add.Count, "add_tag_ids", "names a tag twice")
        .Require(remove.Distinct().Count() == remove.Count, "remove_tag_ids", "names a tag twice")
        .Require(!add.Intersect(remove).Any(), "remove_tag_ids", "names a tag that is also to be added")
        .ThrowIfAny();

    /// <summary>
    /// Runs to the end, also if the caller goes away, and answers. The request id stays claimed meanwhile, so a twin waits and gets the same
    /// answer; that holds a second connection, hence the limit of operations at a time.
    /// </summary>
    public async Task<BulkTagResponse> RunAsync(AccountInfo account, BulkTagRequest request, ChangeCause cause, ServerCallContext context)
    {
        using var turn = await _turns.EnterAsync(account, context.CancellationToken);
        return await writes.RunAsync(
            account,
            context,
            request,
            _ => ChangeAsync(account.Id, request, cause).WaitAsync(context.CancellationToken),
            (response, token) => response.ConsistencyToken = token);
    }

    private async Task<BulkTagResponse> ChangeAsync(int accountId, BulkTagRequest request, ChangeCause cause)
    {
        var tags = request.AddTagIds.Select(tagId => (TagId: tagId, On: true)).Concat(request.RemoveTagIds.Select(tagId => (TagId: tagId, On: false))).ToArray();
        await library.RequireAsync(accountId, [.. tags.Select(tag => tag.TagId)], CancellationToken.None);
        int[] contactIds = [.. request.ContactIds];
        var tally = new Tally(tags.Length) { Skipped = contactIds.Where(contactId => contactId <= 0).Distinct().Count() };
        foreach (var part in ChunkBits.Split(contactIds).Chunk(Math.Max(1, ChunkWritesPerTransaction / tags.Length)))
        {
            var (contacts, changed) = await TransactionRetry.RunAsync(
                () => BulkStatement.RunAsync(database.Connections, accountId, part, tags, cause), CancellationToken.None);
            tally.Add(contacts, part.Sum(chunk => ChunkBits.Count(chunk.Value)) - contacts, changed);
        }

        return Response(tags, tally);
    }

    private static BulkTagResponse Response((int TagId, bool On)[] tags, Tally tally) => new()
    {
        Changes =
        {
            tags.Select((tag, index) => new TagChangeCount
            {
                TagId = tag.TagId,
                Changed = tally.Changed[index],
                Unchanged = tally.Contacts - tally.Changed[index],
            }),
        },
        SkippedContacts = tally.Skipped,
    };

    private sealed class Tally(int tags)
    {
        public int[] Changed { get; } = new int[tags];

        public int Contacts { get; private set; }

        public int Skipped { get; set; }

        public void Add(int contacts, int skipped, int[] changed)
        {
            Contacts += contacts;
            Skipped += skipped;
            for (var index = 0; index < changed.Length; index++)
            {
                Changed[index] += changed[index];
            }
        }
    }
}
