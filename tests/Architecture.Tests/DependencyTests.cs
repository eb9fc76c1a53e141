using System.Reflection;
using System.Runtime.CompilerServices;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;

namespace TagSegments.Architecture.Tests;

/// <summary>What refers to what: folders without circles, constructors that fit in the head, a language without a database.</summary>
public sealed class DependencyTests
{
    private const int MostDependencies = 6;

    public static TheoryData<string> Projects => House.Projects;

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_do_not_refer_to_each_other_in_circles(string project)
    {
        var architecture = new ArchLoader().LoadAssembly(House.Load(project)).Build();
        var rule = SliceRuleDefinition.Slices().Matching($"TagSegments.{project}.(**)").Should().BeFreeOfCycles();

        House.RequireNone(rule.Evaluate(architecture).Where(result => !result.Passed).Select(result => result.Description));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_constructor_has_at_most_6_dependencies(string project) =>
        House.RequireNone(House.Load(project).GetTypes()
            .Where(type => type.IsClass && !IsRecord(type) && !type.IsDefined(typeof(CompilerGeneratedAttribute)))
            .SelectMany(type => type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(constructor => constructor.GetParameters().Length > MostDependencies)
            .Select(constructor => $"{constructor.DeclaringType}: {constructor.GetParameters().Length}"));

    [Fact]
    public void The_filter_language_knows_no_database_and_no_server()
    {
        string[] forbidden = ["Npgsql", "Dapper", "Grpc.AspNetCore", "Microsoft.AspNetCore", "StackExchange.Redis", "TagSegments.ServiceDefaults"];

        House.RequireNone(Reached(House.Load("Filters"), []).Where(name => forbidden.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))));
    }

    // The system's own assemblies are not opened: they refer to nothing of ours.
    private static HashSet<string> Reached(Assembly assembly, HashSet<string> seen)
    {
        foreach (var reference in assembly.GetReferencedAssemblies())
        {
            if (seen.Add(reference.Name!) && !reference.Name!.StartsWith("System.", StringComparison.Ordinal))
            {
                Reached(Assembly.Load(reference), seen);
            }
        }

        return seen;
    }

    private static bool IsRecord(System.Type type) => type.GetMethod("<Clone>$") is not null;
}
