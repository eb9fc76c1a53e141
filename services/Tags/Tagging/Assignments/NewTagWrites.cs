using System.Globalization;
using Crm.Tags.V1;
using Dapper;
using Grpc.Core;
using TagSegments.Tags.Changes;
using TagSegments.Tags.Tagging.Library;
using TagSegments.Tags.Tagging.Naming;

namespace TagSegments.Tags.Tagging.Assignments;

/// <summary>Adds tags to a contact and creates the missing ones.</summary>
internal sealed class NewTagWrites(AccountWrites writes, TagStore tags, NameGuard names)
{
    /// <summary>Creates the tags that are missing and adds all of them, in one transaction: a call that fails leaves no new tags.</summary>
    public async Task<AddTagsResponse> CreateAndAddAsync(
        AccountInfo account, AddTagsRequest request, TagRefs refs, ChangeCause cause, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var existing = await tags.FindIdsAsync(account.Id, refs.Names, ct);
        var missing = refs.Names.Select((name, index) => ($"tag_names[{index}]", name)).Where(entry => !existing.ContainsKey(entry.name)).ToList();
        var findings = await names.CheckAsync(account, missing, ct);
        var number = await tags.TakeNumbersAsync(account.Id, refs.Names.Length, ct);

        return await writes.RunAsync(account, context, request, CreateAndAddAsync, (r, token) => r.ConsistencyToken = token);

        async Task<AddTagsResponse> CreateAndAddAsync(AccountTransaction transaction)
        {
            await RequireLivingAsync(transaction, request.ContactId, ct);
            var tagIds = refs.With(await tags.EnsureAsync(transaction, account, number, refs.Names, ct));
            var added = new HashSet<int>();
            foreach (var tagId in tagIds.Order())
            {
                if ((await transaction.SetBitsAsync(tagId, [request.ContactId], on: true, cause, ct)).Count > 0)
                {
                    added.Add(tagId);
                }
            }

            return new AddTagsResponse { AddedTagIds = { tagIds.Where(added.Contains) }, Findings = { findings } };
        }
    }

    private static async Task RequireLivingAsync(AccountTransaction transaction, int contactId, CancellationToken ct)
    {
        const string sql = """
            SELECT get_bit(bits, @contactId % 16384) = 1
            FROM tags.tag_chunk
            WHERE account_id = @AccountId AND tag_id = 0 AND chunk = @contactId / 16384 AND @contactId > 0
            """;
        var living = await transaction.Connection.QuerySingleOrDefaultAsync<bool>(
            new CommandDefinition(sql, new { transaction.AccountId, contactId }, transaction.Transaction, cancellationToken: ct));
        if (!living)
        {
            throw RpcErrors.NotFound("contact", contactId.ToString(CultureInfo.InvariantCulture));
        }
    }
}
