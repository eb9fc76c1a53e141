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
}
