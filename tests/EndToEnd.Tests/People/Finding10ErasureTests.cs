using Dapper;
using Npgsql;
using TagSegments.Testing;
using TagSegments.Testing.Erasures;

namespace TagSegments.EndToEnd.Tests.People;

/// <summary>Finding 10: a person can be erased, and nothing is left anywhere.</summary>
public sealed class Finding10ErasureTests
{
    // Where a person leaves traces: the test would prove nothing about a table that never had any.
    private static readonly string[] s_traces =
    [
        "campaigns.activity_2", "campaigns.recipient", "campaigns.request", "campaigns.single_message", "campaigns.suppression",
        "campaigns.suppression_change", "campaigns.suppression_removal", "campaigns.team_address", "crm.contact", "crm.contact_change", "crm.opportunity",
        "crm.opportunity_change", "crm.request", "tags.tag_change", "workflows.request", "workflows.run",
    ];

    [Fact]
    public async Task Nothing_of_an_erased_person_is_left_in_tables_Redis_files_and_logs()
    {
        using var logs = new CapturedLogs();
        await using var apps = await StartAsync(logs);
        var account = await apps.NewAccountAsync();
        var person = new MarkedPerson(apps, account);
        await person.LiveAsync();
        var search = new MarkSearch(apps, person.Mark, person.Phone);
        var traces = await search.TablesAsync();
        Assert.All(s_traces, trace => Assert.Contains(traces, table => table.StartsWith(trace, StringComparison.Ordinal)));

        var erased = await apps.Contacts.EraseContactAsync(new() { Account = account, Email = person.Email, RequestId = $"erase {person.ContactId}" });

        Assert.Equal([person.ContactId, person.DuplicateId], erased.Erasures.Select(erasure => erasure.ContactId));
        await FinishedAsync(apps, account);
        Assert.Empty(await search.TablesAsync());
        Assert.Empty(await search.RedisAsync());
        Assert.Empty(await search.FilesAsync(apps.JournalFolder));
        Assert.DoesNotContain(logs.Lines, search.Has);
        var contact = (await apps.Contacts.GetContactAsync(new() { Account = account, ContactId = person.ContactId })).Contact;
        Assert.Equal(("", "", ""), (contact.Email, contact.FirstName, contact.ExternalId));
        Assert.NotNull(contact.EraseTime);
    }

    [Theory]
    [InlineData("crm.erase_contact", "UPDATE crm.contact_change", "crm.contact_change")]
    [InlineData("campaigns.erase_contact", "UPDATE campaigns.recipient SET address", "campaigns.recipient")]
    [InlineData("workflows.erase_contact", "UPDATE workflows.run", "workflows.run")]
    public async Task A_table_that_is_left_out_is_found(string function, string statement, string table)
    {
        await using var apps = await StartAsync();
        await RemoveAsync(apps, function, statement);
        var account = await apps.NewAccountAsync();
        var person = new MarkedPerson(apps, account);
        await person.LiveAsync();

        await apps.Contacts.EraseContactAsync(new() { Account = account, ContactId = person.ContactId });

        await FinishedAsync(apps, account);
        Assert.Equal([table], await new MarkSearch(apps, person.Mark, person.Phone).TablesAsync());
    }

    [Theory]
    [InlineData("segments.erase_contact")]
    [InlineData("workflows.erase_contact")]
    [InlineData("campaigns.erase_contact")]
    [InlineData("crm.erase_contact")]
    public async Task An_erasure_that_is_interrupted_at_any_step_goes_on_when_the_service_is_back(string step)
    {
        await using var apps = await StartAsync();
        var account = await apps.NewAccountAsync();
        var person = new MarkedPerson(apps, account);
        await person.LiveAsync();
        await ExecuteAsync(apps, $"ALTER FUNCTION {step} RENAME TO is_not_there");

        await apps.Contacts.EraseContactAsync(new() { Account = account, ContactId = person.ContactId });
        await Task.Delay(500);
        await apps.StopAsync(Service.Tags);
        await ExecuteAsync(apps, $"ALTER FUNCTION {step.Split('.')[0]}.is_not_there RENAME TO {step.Split('.')[1]}");
        Assert.NotEmpty(await new MarkSearch(apps, person.Mark, person.Phone).TablesAsync());
        await apps.StartAsync(Service.Tags);

        await FinishedAsync(apps, account);
        Assert.Empty(await new MarkSearch(apps, person.Mark, person.Phone).TablesAsync());
    }

    private static async Task ExecuteAsync(TestApps apps, string sql)
    {
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        await connection.ExecuteAsync(sql);
    }

    private static Task<TestApps> StartAsync(CapturedLogs? logs = null) => TestApps.StartAsync(new()
    {
        Logs = logs,
        Settings = new Dictionary<string, string?>(MarkedPerson.Settings) { ["Logging:Level"] = "Debug" },
    });

    private static Task FinishedAsync(TestApps apps, string account) => Eventually.ReadAsync(
        async () => (await apps.Contacts.ListErasuresAsync(new() { Account = account, Unfinished = true })).Erasures.Count,
        unfinished => unfinished == 0);

    // The wrong variant: the function without one of its statements.
    private static async Task RemoveAsync(TestApps apps, string function, string statement)
    {
        await using var connection = new NpgsqlConnection(apps.Database.OwnerConnectionString);
        var sql = await connection.QuerySingleAsync<string>("SELECT pg_get_functiondef(@function::regproc)", new { function });
        var start = sql.IndexOf(statement, StringComparison.Ordinal);
        Assert.True(start > 0, $"{function} has no {statement}");
        await connection.ExecuteAsync(sql.Remove(start, sql.IndexOf(';', start) - start + 1));
    }
}
