using Dapper;
using Npgsql;
using TagSegments.Embedded;
using TagSegments.Embedded.Postgres;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

public sealed class EmbeddedPostgresTests : IDisposable
{
    private readonly EmbeddedPostgresOptions _options = new()
    {
        DataDirectory = Directory.CreateTempSubdirectory("tagsegments-embedded-").FullName + "/cluster",
    };

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_options.DataDirectory)!, recursive: true);

    [Fact]
    public async Task A_second_start_finds_the_data_and_the_port_of_the_first()
    {
        int port;
        await using (var first = await EmbeddedPostgres.StartAsync(_options))
        {
            port = first.Port;
            await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 42 AS value");
        }

        await using var second = await EmbeddedPostgres.StartAsync(_options);

        Assert.Equal(port, second.Port);
        Assert.Equal(42, await ExecuteAsync(second, "SELECT value FROM kept"));
    }

    [Fact]
    public async Task After_a_kill_everything_committed_is_there()
    {
        await using var first = await EmbeddedPostgres.StartAsync(_options);
        await ExecuteAsync(first, "CREATE TABLE kept AS SELECT 42 AS value");
        await first.KillAsync();

        await using var second = await EmbeddedPostgres.StartAsync(_options);

        Assert.Equal(42, await ExecuteAsync(second, "SELECT value FROM kept"));
    }

    [Fact]
    public async Task A_lock_file_with_the_number_of_a_foreign_process_does_not_stop_the_start()
    {
        await using (await EmbeddedPostgres.StartAsync(_options))
        {
        }

        await File.WriteAllTextAsync(Path.Combine(_options.DataDirectory, "postmaster.pid"), $"{Environment.ProcessId}\n");

        await using var second = await EmbeddedPostgres.StartAsync(_options);

        Assert.Equal(1, await ExecuteAsync(second, "SELECT 1"));
    }

    [Fact]
    public async Task A_taken_port_is_named_in_the_error()
    {
        await using var first = await EmbeddedPostgres.StartAsync(_options);
        var other = _options with { DataDirectory = _options.DataDirectory + "-other", Port = first.Port };

        var refused = await Assert.ThrowsAsync<EmbeddedServerException>(() => EmbeddedPostgres.StartAsync(other));

        Assert.Contains($"Port {first.Port}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_with_other_files_is_left_alone()
    {
        Directory.CreateDirectory(_options.DataDirectory);
        var note = Path.Combine(_options.DataDirectory, "note.txt");
        await File.WriteAllTextAsync(note, "mine");

        await Assert.ThrowsAsync<EmbeddedServerException>(() => EmbeddedPostgres.StartAsync(_options));

        Assert.Equal("mine", await File.ReadAllTextAsync(note));
    }

    // Finding 24 of the security review: every user of the machine was a superuser, who may run programs.
    [Fact]
    public async Task Finding_24_Nobody_is_let_in_without_the_password()
    {
        await using var server = await EmbeddedPostgres.StartAsync(_options with { RequirePassword = true });

        Assert.Equal(1, await ExecuteAsync(server, "SELECT 1"));
        await AssertClosedAsync(server);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_options.DataDirectory, "tagsegments.password")));
    }

    [Fact]
    public async Task Finding_24_A_folder_that_trusted_everybody_is_closed_and_keeps_its_data()
    {
        await using (var trusting = await EmbeddedPostgres.StartAsync(_options))
        {
            await ExecuteAsync(trusting, "CREATE TABLE kept AS SELECT 42 AS value");
        }

        for (var start = 0; start < 2; start++)
        {
            await using var server = await EmbeddedPostgres.StartAsync(_options with { RequirePassword = true });

            Assert.Equal(42, await ExecuteAsync(server, "SELECT value FROM kept"));
            await AssertClosedAsync(server);
        }
    }

    // The server reads its configuration in its own time.
    private static Task AssertClosedAsync(EmbeddedPostgres server)
    {
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString()) { Pooling = false };
        return Eventually.ReadAsync(
            async () => (await TryAsync(null), await TryAsync("wrong")),
            answers => answers is ("28P01" or "", "28P01"));

        async Task<string?> TryAsync(string? password)
        {
            settings.Password = password;
            try
            {
                await using var connection = new NpgsqlConnection(settings.ConnectionString);
                await connection.OpenAsync();
                return null;
            }
            catch (NpgsqlException e)
            {
                return e.SqlState ?? "";
            }
        }
    }

    private static async Task<int> ExecuteAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString() + ";Pooling=false");
        return await connection.ExecuteScalarAsync<int>(sql);
    }
}
