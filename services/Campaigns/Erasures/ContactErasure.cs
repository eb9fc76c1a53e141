using Crm.Common.V1;
using Dapper;
using Npgsql;
using TagSegments.Campaigns.Activities;

namespace TagSegments.Campaigns.Erasures;

/// <summary>Takes contacts and addresses out of the tables; <c>campaigns.erase_contact</c> and <c>campaigns.erase_addresses</c> say how.</summary>
internal sealed class ContactErasure(AccountDatabase database, ErasedContacts erased)
{
    /// <summary>Erases a contact, 0 for none, and addresses in the form in which they are compared; false if something must end first.</summary>
    public async Task<bool> EraseAsync(int accountId, int contactId, string[] emails, string[] phones, CancellationToken ct) =>
        (contactId == 0 || await erased.MarkAsync(accountId, contactId, ct))
        && await TransactionRetry.RunAsync(() => EraseOnceAsync(accountId, contactId, emails, phones, ct), ct);

    private async Task<bool> EraseOnceAsync(int accountId, int contactId, string[] emails, string[] phones, CancellationToken ct)
    {
        const string sql = "SELECT campaigns.erase_contact(@accountId, @contactId)";
        await using var connection = await database.OpenAsync(accountId, ct);
        await using var tx = await connection.BeginTransactionAsync(ct);
        var finished = contactId == 0 || await connection.QuerySingleAsync<bool>(
            new CommandDefinition(sql, new { accountId, contactId }, tx, cancellationToken: ct));
        var changed = await EraseAddressesAsync(tx, accountId, Channel.Email, emails, ct);
        changed |= await EraseAddressesAsync(tx, accountId, Channel.Sms, phones, ct);
        await ActivityRecorder.RecordAsync(tx, accountId, [], ct, suppressions: changed);
        await tx.CommitAsync(ct);
        return finished;
    }

    private static async Task<bool> EraseAddressesAsync(NpgsqlTransaction tx, int accountId, Channel channel, string[] keys, CancellationToken ct)
    {
        const string sql = "SELECT campaigns.erase_addresses(@accountId, @channel, @keys)";
        return keys.Length > 0 && await tx.Connection!.QuerySingleAsync<bool>(
            new CommandDefinition(sql, new { accountId, channel = (int)channel, keys }, tx, cancellationToken: ct));
    }
}
