using Dapper;
using Npgsql;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>Finding 25: a service can add to its logs of changes, but neither change nor delete what is in them.</summary>
public sealed class Finding25Tests(TwoAccounts accounts) : IClassFixture<TwoAccounts>
{
    public static TheoryData<string, string> Logs => new()
    {
        { "tagsegments_tags", "crm.commit" },
        { "tagsegments_tags", "crm.contact_change" },
        { "tagsegments_tags", "crm.opportunity_change" },
        { "tagsegments_tags", "crm.catalog_change" },
        { "tagsegments_tags", "crm.stage_change" },
        { "tagsegments_tags", "crm.admin_event" },
        { "tagsegments_tags", "tags.tag_change" },
        { "tagsegments_segments", "segments.segment_version" },
        { "tagsegments_campaigns", "campaigns.activity" },
        { "tagsegments_campaigns", "campaigns.activity_commit" },
        { "tagsegments_campaigns", "campaigns.suppression_change" },
        { "tagsegments_campaigns", "campaigns.suppression_removal" },
        { "tagsegments_workflows", "workflows.step" },
    };

    [Theory]
    [MemberData(nameof(Logs))]
    public async Task Finding_25_a_log_can_be_appended_only(string role, string log)
    {
        Assert.True(await accounts.MayAsync(role, "INSERT", log));
        Assert.True(await accounts.MayAsync(role, "SELECT", log));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusalAsync(role, $"UPDATE {log} SET account_id = account_id"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusalAsync(role, $"DELETE FROM {log}"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusalAsync(role, $"TRUNCATE {log}"));
    }

    [Fact]
    public async Task Finding_25_what_is_no_log_can_be_changed() =>
        Assert.Null(await RefusalAsync("tagsegments_tags", "UPDATE crm.contact SET first_name = 'Ann'"));

    private async Task<string?> RefusalAsync(string role, string statement)
    {
        await using var tx = await accounts.Owner.BeginTransactionAsync();
        await accounts.Owner.ExecuteAsync($"SET LOCAL ROLE {role}; SET LOCAL tagsegments.account = {TwoAccounts.Own}");
        try
        {
            await accounts.Owner.ExecuteAsync(statement);
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }
}
