using Crm.Contacts.V1;
using Dapper;
using Grpc.Core;
using Npgsql;
using TagSegments.Chaos.Rig;
using TagSegments.Testing.Erasures;

namespace TagSegments.Chaos.Scenarios;

/// <summary>Looks for what is left of erased accounts and people, and for what others have lost.</summary>
internal sealed class ErasureJudge(ChaosRig rig)
{
    /// <summary>Waits until nothing is to be erased any more, or nothing has been for as long as the patience.</summary>
    public Task WaitAsync(TimeSpan patience) => Settling.WaitAsync(async () => (await UnfinishedAsync()).Count, patience);

    public async Task JudgeAsync(ChaosReport report, ErasureLoad load, IReadOnlyDictionary<string, HashSet<string>> before)
    {
        report.Tell("accounts deleted", load.DeletedAccounts.Count);
        report.Tell("people erased", load.ErasedPeople);
        report.Tell("people staying", load.Staying.Count);
        Report(report, "erasures without an end", await UnfinishedAsync());
        Report(report, "rows of erased accounts", await RowsAsync(load));
        Report(report, "keys of erased accounts", await KeysAsync(load));
        var search = new MarkSearch(rig.OwnerConnectionString, rig.RedisAddress, [.. load.Marks]);
        Report(report, "tables with erased people", await search.TablesAsync());
        Report(report, "keys with erased people", await search.RedisAsync());
        Report(report, "journals with erased people", await search.FilesAsync(rig.JournalFolder));
        Report(report, "rows lost by others", [.. AccountRows.Lost(before, await AccountRows.ReadAsync(rig.OwnerConnectionString, load.KeptId))]);
        Report(report, "people lost", await LostAsync(load));
        Report(report, "refused calls", [.. load.Refusals]);
    }

    private static void Report(ChaosReport report, string name, List<string> found) => report.MustBeZero(name, found.Count, found);

    private async Task<List<string>> UnfinishedAsync()
    {
        const string sql = """
            SELECT 'account ' || name FROM crm.account WHERE deleted_at IS NOT NULL
            UNION ALL
            SELECT 'contact ' || contact_id FROM crm.erasure WHERE finished_at IS NULL
            """;
        await using var connection = new NpgsqlConnection(rig.OwnerConnectionString);
        return (await connection.QueryAsync<string>(sql)).AsList();
    }

    private async Task<List<string>> RowsAsync(ErasureLoad load)
    {
        var found = new List<string>();
        foreach (var accountId in load.DeletedAccounts)
        {
            found.AddRange((await AccountRows.ReadAsync(rig.OwnerConnectionString, accountId)).Select(table => $"{accountId}: {table.Key}"));
        }

        return found;
    }

    private async Task<List<string>> KeysAsync(ErasureLoad load)
    {
        var found = new List<string>();
        foreach (var accountId in load.DeletedAccounts)
        {
            found.AddRange(await AccountRows.KeysAsync(rig.RedisAddress, accountId));
        }

        return found;
    }

    private async Task<List<string>> LostAsync(ErasureLoad load)
    {
        var contacts = new ContactService.ContactServiceClient(rig[Target.Tags].Channel);
        var lost = new List<string>();
        foreach (var (contactId, mark) in load.Staying)
        {
            if (await FindAsync(contacts, contactId) is not { DeleteTime: null } contact || contact.Email != ErasureLoad.Address(mark))
            {
                lost.Add($"contact {contactId}");
            }
        }

        return lost;
    }

    private static async Task<Contact?> FindAsync(ContactService.ContactServiceClient contacts, int contactId)
    {
        try
        {
            var request = new GetContactRequest { Account = ErasureLoad.People, ContactId = contactId };
            return (await Calls.UntilAcknowledgedAsync(call => contacts.GetContactAsync(request, call), CancellationToken.None)).Contact;
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
        {
            return null;
        }
    }
}
