using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Npgsql;

namespace TagSegments.Architecture.Tests;

/// <summary>
/// Finding 8: a service gets its connections from <c>AccountDatabase</c>, for one account, or from <c>WorkDatabase</c>. A connection that is opened in
/// another way could still have the account of an earlier use.
/// </summary>
public sealed class DatabaseTests
{
    private static readonly HashSet<string> s_opening =
    [
        "NpgsqlDataSource.OpenConnection", "NpgsqlDataSource.OpenConnectionAsync", "NpgsqlDataSource.CreateConnection", "NpgsqlDataSource.CreateCommand",
        "NpgsqlDataSource.CreateBatch", "NpgsqlConnection..ctor", "NpgsqlConnection.Open", "NpgsqlConnection.OpenAsync",
    ];

    [Theory]
    [InlineData("Tags")]
    [InlineData("Segments")]
    [InlineData("Campaigns")]
    [InlineData("Workflows")]
    public void Finding_8_services_open_connections_for_an_account_or_for_work(string project) =>
        House.RequireNone(Calls(House.Load(project)).Where(s_opening.Contains));

    [Fact]
    public void Finding_8_other_ways_are_found()
    {
        using var connection = new NpgsqlConnection();
        Func<NpgsqlDataSource, NpgsqlConnection> open = source => source.OpenConnection();

        Assert.NotNull(open);
        var calls = Calls(typeof(DatabaseTests).Assembly);
        Assert.Contains("NpgsqlConnection..ctor", calls);
        Assert.Contains("NpgsqlDataSource.OpenConnection", calls);
    }

    private static List<string> Calls(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        return
        [
            .. from handle in metadata.MemberReferences
               let member = metadata.GetMemberReference(handle)
               where member.Parent.Kind == HandleKind.TypeReference
               let type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent)
               select $"{metadata.GetString(type.Name)}.{metadata.GetString(member.Name)}",
        ];
    }
}
