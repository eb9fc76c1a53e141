using Crm.Workflows.V1;
using Dapper;
using Grpc.Core;

namespace TagSegments.Workflows.Erasures;

/// <summary>Serves the erasure of a contact's data; <c>workflows.erase_contact</c> says how.</summary>
internal sealed class ErasureApi(AccountDirectory accounts, AccountDatabase database, ErasedContacts erased, KeptAnswers answers)
    : WorkflowService.WorkflowServiceBase
{
    public override async Task<EraseContactDataResponse> EraseContactData(EraseContactDataRequest request, ServerCallContext context)
    {
        var ct = context.CancellationToken;
        new FieldChecks().Require(request.ContactId > 0, "contact_id", "is required").ThrowIfAny();
        var account = await accounts.GetAsync(request.Account, ct);

        var finished = await erased.MarkAsync(account.Id, request.ContactId, ct);
        if (finished)
        {
            await EraseAsync(account.Id, request.ContactId, ct);
            await answers.EraseAsync(account.Id, request.ContactId, [.. request.Emails, .. request.Phones], ct);
        }

        return new EraseContactDataResponse { Finished = finished };
    }

    private async Task EraseAsync(int accountId, int contactId, CancellationToken ct)
    {
        const string sql = "SELECT workflows.erase_contact(@accountId, @contactId)";
        await using var connection = await database.OpenAsync(accountId, ct);
        await connection.ExecuteAsync(new CommandDefinition(sql, new { accountId, contactId }, cancellationToken: ct));
    }
}
