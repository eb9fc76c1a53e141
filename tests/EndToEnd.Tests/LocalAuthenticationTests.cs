using Crm.Auth.V1;
using Microsoft.IdentityModel.JsonWebTokens;
using TagSegments.ServiceDefaults.Auth;
using TagSegments.Standalone;

namespace TagSegments.EndToEnd.Tests;

public sealed class LocalAuthenticationTests
{
    // It once could not erase a person, because the permission was new.
    [Fact]
    public void The_token_of_Standalone_is_for_everything_that_users_may_do()
    {
        var scope = new JsonWebTokenHandler().ReadJsonWebToken(new LocalAuthentication().Token).GetClaim("scope").Value;

        var missing = Enum.GetValues<Permission>().Where(permission => permission != Permission.Unspecified && !Permissions.Read(scope).Has(permission));
        Assert.Equal([Permission.Internal], missing);
    }
}
