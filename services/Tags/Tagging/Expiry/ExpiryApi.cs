using System.Globalization;
using Crm.Tags.V1;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;

namespace TagSegments.Tags.Tagging.Expiry;

/// <summary>Serves the tags of contacts that will expire.</summary>
internal sealed class ExpiryApi(AccountDirectory accounts, AccountDatabase database, PageTokens pages) : TagService.TagServiceBase
{
    public override async Task<ListTagExpiriesResponse> ListTagExpiries(ListTagExpiriesRequest request, ServerCallContext context)
    {
        const string sql = $"""
            SELECT e.contact_id, e.tag_id, e.expires_at
            FROM tags.tag_expiry e
            WHERE e.account_id = @AccountId AND (e.expires_at, e.tag_id, e.contact_id) > (@ExpiresAt, @TagId, @ContactId)
                AND (@onlyContact = 0 OR e.contact_id = @onlyContact) AND (@onlyTag = 0 OR e.tag_id = @onlyTag)
                AND {ExpiryStore.Holds}
            ORDER BY e.expires_at, e.tag_id, e.contact_id
            LIMIT @limit
            """;
        new FieldChecks()
            .Require(request.ContactId >= 0, "contact_id", "is negative")
            .Require(request.TagId >= 0, "tag_id", "is negative")
            .ThrowIfAny();
        var size = PageSize.Read(request.PageSize);
        var account = await accounts.GetAsync(request.Account, context.CancellationToken);
        var after = Position.Read(pages.Read(request));
        var values = new
        {
            AccountId = account.Id,
            after.ExpiresAt,
            after.TagId,
            after.ContactId,
            onlyContact = request.ContactId,
            onlyTag = request.TagId,
            limit = size + 1,
        };
        await using var connection = await database.OpenAsync(account.Id, context.CancellationToken);
        var rows = (await connection.QueryAsync<(int ContactId, int TagId, DateTime ExpiresAt)>(
            new CommandDefinition(sql, values, cancellationToken: context.CancellationToken))).AsList();

        var response = new ListTagExpiriesResponse
        {
            Expiries =
            {
                rows.Take(size).Select(row => new TagExpiry
                {
                    ContactId = row.ContactId,
                    TagId = row.TagId,
                    ExpireTime = Timestamp.FromDateTime(row.ExpiresAt),
                }),
            },
        };
        if (rows.Count > size)
        {
            var last = rows[size - 1];
            response.NextPageToken = pages.Create(request, new Position(last.ExpiresAt, last.TagId, last.ContactId).ToText());
        }

        return response;
    }

    // The last one of a page, by everything that the order uses.
    private readonly record struct Position(DateTime ExpiresAt, int TagId, int ContactId)
    {
        public static Position Read(string? text) => text?.Split(' ') is [var ticks, var tagId, var contactId]
            ? new(
                new DateTime(long.Parse(ticks, CultureInfo.InvariantCulture), DateTimeKind.Utc),
                int.Parse(tagId, CultureInfo.InvariantCulture),
                int.Parse(contactId, CultureInfo.InvariantCulture))
            : new(DateTime.UnixEpoch, 0, 0);

        public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{ExpiresAt.Ticks} {TagId} {ContactId}");
    }
}
