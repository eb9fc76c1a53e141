using System.Data;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Npgsql;

namespace TagSegments.Architecture.Tests;

/// <summary>
/// Finding 3: nothing scarce is held while a reader is waited for. What a method holds across an <c>await</c> or a <c>yield</c> is a field of
/// its state machine, so the fields of all state machines tell what is held.
/// </summary>
public sealed class StreamTests
{
    private static readonly System.Type[] s_scarce =
    [
        typeof(IDbConnection), typeof(IDbTransaction), typeof(IDataReader), typeof(NpgsqlBatch), typeof(NpgsqlBinaryImporter), typeof(NpgsqlBinaryExporter),
        typeof(SemaphoreSlim), typeof(Dapper.SqlMapper.GridReader),
    ];

    public static TheoryData<string> Projects => House.Projects;

    [Theory]
    [MemberData(nameof(Projects))]
    public void Finding_3_no_sequence_is_read_one_by_one_from_an_open_connection(string project) =>
        House.RequireNone(StateMachines(House.Load(project)).Where(IsSequence).SelectMany(Held));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Finding_3_no_call_writes_to_its_reader_while_it_holds_a_connection(string project) =>
        House.RequireNone(StateMachines(House.Load(project)).Where(WritesToReader).SelectMany(Held));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Finding_3_no_query_is_unbuffered(string project) =>
        House.RequireNone(References(House.Load(project)).Where(name => name == "QueryUnbufferedAsync"));

    [Fact]
    public void Finding_3_what_is_forbidden_is_found()
    {
        var found = StateMachines(typeof(StreamTests).Assembly).ToList();

        Assert.Contains(found.Where(IsSequence).SelectMany(Held), held => held.Contains(nameof(Wrong.Sequence), StringComparison.Ordinal));
        Assert.Contains(found.Where(IsSequence).SelectMany(Held), held => held.Contains(nameof(Wrong.SequenceAsync), StringComparison.Ordinal));
        Assert.Contains(found.Where(WritesToReader).SelectMany(Held), held => held.Contains(nameof(Wrong.WriteAsync), StringComparison.Ordinal));
        Assert.DoesNotContain(found.Where(WritesToReader).SelectMany(Held), held => held.Contains(nameof(Wrong.ReadThenWriteAsync), StringComparison.Ordinal));
        Assert.Contains("QueryUnbufferedAsync", References(typeof(StreamTests).Assembly));
    }

    private static IEnumerable<System.Type> StateMachines(Assembly assembly) => assembly.GetTypes()
        .Where(type => type.DeclaringType is not null && type.IsDefined(typeof(CompilerGeneratedAttribute)) && (type.IsAssignableTo(typeof(IAsyncStateMachine)) || IsSequence(type)));

    private static bool IsSequence(System.Type type) => type.GetInterfaces()
        .Any(face => face.IsGenericType && (face.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>) || face.GetGenericTypeDefinition() == typeof(IEnumerable<>)));

    // The writer is a parameter of the method, or a field of its class.
    private static bool WritesToReader(System.Type machine) => Fields(machine).Concat(Fields(machine.DeclaringType!)).Any(field => IsWriter(field.FieldType));

    private static bool IsWriter(System.Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IServerStreamWriter<>);

    private static IEnumerable<string> Held(System.Type machine) => Fields(machine)
        .Where(field => s_scarce.Any(field.FieldType.IsAssignableTo) && !field.Name.StartsWith("<>3__", StringComparison.Ordinal))
        .Select(field => $"{machine} holds {field.FieldType.Name} {field.Name}");

    private static FieldInfo[] Fields(System.Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    private static List<string> References(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        return [.. metadata.MemberReferences.Select(handle => metadata.GetString(metadata.GetMemberReference(handle).Name))];
    }

    // Deliberately wrong; the tests above must find it.
    private static class Wrong
    {
        public static IEnumerable<int> Sequence(NpgsqlDataSource database)
        {
            using var connection = database.OpenConnection();
            yield return connection.ProcessID;
        }

        public static async IAsyncEnumerable<int> SequenceAsync(NpgsqlDataSource database)
        {
            await using var connection = await database.OpenConnectionAsync();
            yield return connection.ProcessID;
        }

        public static async Task WriteAsync(NpgsqlDataSource database, IServerStreamWriter<string> responses)
        {
            await using var connection = await database.OpenConnectionAsync();
            await foreach (var row in Dapper.SqlMapper.QueryUnbufferedAsync<string>(connection, "SELECT ''"))
            {
                await responses.WriteAsync(row);
            }
        }

        public static async Task ReadThenWriteAsync(NpgsqlDataSource database, IServerStreamWriter<string> responses) =>
            await responses.WriteAsync(await ReadAsync(database));

        private static async Task<string> ReadAsync(NpgsqlDataSource database)
        {
            await using var connection = await database.OpenConnectionAsync();
            return connection.Database;
        }
    }
}
