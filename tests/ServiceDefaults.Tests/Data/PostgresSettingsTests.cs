using Npgsql;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.ServiceDefaults.Tests.Data;

public sealed class PostgresSettingsTests
{
    [Theory]
    [InlineData("Host=db", GssEncryptionMode.Disable)]
    [InlineData("Host=db;GSS Encryption Mode=Require", GssEncryptionMode.Require)]
    public void Kerberos_is_tried_only_where_it_is_asked_for(string text, GssEncryptionMode expected)
    {
        var settings = PostgresSettings.Read(text);

        Assert.Equal((expected, "db"), (settings.GssEncryptionMode, settings.Host));
    }

    [Theory]
    [InlineData("Host=db", null)]
    [InlineData("Host=db-1,db-2:5433", "primary")]
    [InlineData("Host=db-1,db-2;Target Session Attributes=read-write", "read-write")]
    public void Fault11_of_several_hosts_the_primary_is_used(string text, string? expected)
    {
        var settings = PostgresSettings.Read(text);

        Assert.Equal((expected, 2), (settings.TargetSessionAttributes, settings.HostRecheckSeconds));
    }
}
