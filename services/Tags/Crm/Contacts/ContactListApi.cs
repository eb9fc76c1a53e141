using System.Globalization;
using Crm.Contacts.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Tags.Crm.Fields;

namespace TagSegments.Tags.Crm.Contacts;

/// <summary>Serves the list of contacts page by page.</summary>
internal sealed class ContactListApi(AccountDirectory accounts, FieldStore fields, AccountDatabase database, PageTokens pages, FairQueue turns)
    : ContactService.ContactServiceBase
{
    public override async Task<ListContactsResponse> ListContacts(ListContactsRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        new FieldChecks()
            .Require(request.Search.Length <= 200, "search", "is longer than 200 characters")
            .Require(!request.Search.Contains('\0'), "search", "must not contain the character U+0000")
            .ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, ct);
        var size = PageSize.Read(request.PageSize);
        var list = new ContactList(request.Search.Trim(), request.ShowDeleted);
        var values = new
        {
            accountId = account.Id,
            after = int.Parse(pages.Read(request) ?? "0", CultureInfo.InvariantCulture),
            skip = PageSize.ReadSkip(request.Skip, list.MaxSkip),
            limit = size + 1,
            list.Pattern,
        };

        // Others read an index to a place that they know, so they are not worth a turn.
        using var turn = list.IsLong || request.ShowTotal || request.Skip > 0 ? await turns.EnterAsync(account, ct) : null;
        await using var connection = await database.OpenAsync(account.Id, ct);
        var page = await connection.QueryPageAsync(
            new CommandDefinition(list.PageSql(request.Skip > 0), values, cancellationToken: ct), new Page<ContactRow>(size, row => row.Fields.Length));
        var total = request.ShowTotal
            ? await connection.ExecuteScalarAsync<int>(new CommandDefinition(list.CountSql, values, cancellationToken: ct))
            : 0;
        var catalog = await fields.LoadAsync(account.Id, Field.Types.Target.Contact, ct);
        return new ListContactsResponse
        {
            Contacts = { page.Items.Select(row => row.ToProto(catalog)) },
            NextPageToken = page.HasMore ? pages.Create(request, page.Items[^1].ContactId.ToString(CultureInfo.InvariantCulture)) : "",
            Total = total,
        };
    }
}
