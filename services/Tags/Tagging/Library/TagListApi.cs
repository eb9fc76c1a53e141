using System.Globalization;
using Crm.Tags.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Filters.Text;

namespace TagSegments.Tags.Tagging.Library;

/// <summary>Serves the tag library page by page.</summary>
internal sealed class TagListApi(AccountDirectory accounts, AccountDatabase database, PageTokens pages, FairQueue turns) : TagService.TagServiceBase
{
    public override async Task<ListTagsResponse> ListTags(ListTagsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        var size = PageSize.Read(request.PageSize);
        var account = await accounts.GetAsync(request.Account, ct);
        var after = Position.Read(pages.Read(request));
        var values = new
        {
            accountId = account.Id,
            showDeleted = request.ShowDeleted,
            prefix = StoredName.Normalize(request.Prefix),
            search = StoredName.Normalize(request.Search),
            afterId = after.TagId,
            afterCount = after.ContactCount,
            afterName = after.Name,
            skip = PageSize.ReadSkip(request.Skip),
            limit = size + 1,
        };
        using var turn = await turns.EnterAsync(account, ct);
        await using var connection = await database.OpenAsync(account.Id, ct);
        var tags = (await connection.QueryAsync<TagRow, int, Tag>(
            new CommandDefinition(TagListSql.For(request.OrderBy), values, cancellationToken: ct),
            (row, count) => row.ToProto(count),
            "contact_count")).AsList();

        var response = new ListTagsResponse { Tags = { tags.Take(size) } };
        if (request.ShowTotal)
        {
            response.Total = await connection.ExecuteScalarAsync<int>(new CommandDefinition(TagListSql.Count, values, cancellationToken: ct));
        }

        if (tags.Count > size)
        {
            response.NextPageToken = pages.Create(request, Position.After(tags[size - 1]));
        }

        return response;
    }

    // The last tag of a page, by everything that an order may use.
    private readonly record struct Position(int TagId, int ContactCount, string Name)
    {
        public static string After(Tag tag) => string.Create(CultureInfo.InvariantCulture, $"{tag.TagId} {tag.ContactCount} {tag.Name}");

        public static Position Read(string? text) => text?.Split(' ', 3) is [var tagId, var count, var name]
            ? new(int.Parse(tagId, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture), name)
            : new(0, 0, "");
    }
}
