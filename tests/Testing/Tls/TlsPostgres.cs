using TagSegments.Embedded.Postgres;

namespace TagSegments.Testing.Tls;

/// <summary>A PostgreSQL that takes encrypted connections only, with the certificate of an authority of the test.</summary>
public sealed class TlsPostgres : IAsyncDisposable
{
    private readonly EmbeddedPostgres _server;
    private readonly string _folder;

    private TlsPostgres(EmbeddedPostgres server, string folder) => (_server, _folder) = (server, folder);

    /// <summary>Connects as the owner in clear text, which the server refuses.</summary>
    public string ClearConnectionString => $"{_server.ConnectionString()};SSL Mode=Disable";

    /// <summary>Starts the server.</summary>
    public static async Task<TlsPostgres> StartAsync(TestAuthority authority)
    {
        var folder = Directory.CreateTempSubdirectory("tagsegments_tls_postgres_").FullName;
        var options = new EmbeddedPostgresOptions { DataDirectory = Path.Combine(folder, "cluster"), Settings = EmbeddedPostgresOptions.Throwaway };
        await using (await EmbeddedPostgres.StartAsync(options))
        {
        }

        var (certificate, key) = (Path.Combine(options.DataDirectory, "server.crt"), Path.Combine(options.DataDirectory, "server.key"));
        authority.IssueTo((certificate, key));
        UnprivilegedUser.TakeOwnership(certificate);
        UnprivilegedUser.TakeOwnership(key);
        await File.WriteAllTextAsync(Path.Combine(options.DataDirectory, "pg_hba.conf"), "hostnossl all all all reject\nhostssl all all all trust\n");
        var encrypted = options with { Settings = new Dictionary<string, string>(EmbeddedPostgresOptions.Throwaway) { ["ssl"] = "on" } };
        return new(await EmbeddedPostgres.StartAsync(encrypted), folder);
    }

    /// <summary>Connects as the owner and checks the server's certificate against an authority.</summary>
    public string ConnectionString(TestAuthority authority) =>
        $"{_server.ConnectionString()};SSL Mode=VerifyFull;Root Certificate={authority.CertificateFile}";

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
