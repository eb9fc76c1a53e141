using Dapper;

namespace TagSegments.ServiceDefaults.Tests.Data;

/// <summary>What the roles of the services set on any server, whatever its own defaults are.</summary>
public sealed class RoleSettingsTests(TwoAccounts accounts) : IClassFixture<TwoAccounts>
{
    [Fact]
    public async Task No_statement_of_a_service_is_compiled()
    {
        var roles = (await accounts.Owner.QueryAsync<(string Role, bool IsOff)>(
            "SELECT rolname, coalesce('jit=off' = ANY (rolconfig), false) FROM pg_roles WHERE rolname LIKE 'tagsegments\\_%' AND rolcanlogin")).AsList();

        Assert.True(roles.Count >= 8);
        Assert.All(roles, role => Assert.True(role.IsOff, role.Role));
    }
}
