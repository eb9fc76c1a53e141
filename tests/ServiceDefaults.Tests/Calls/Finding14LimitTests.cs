using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using TagSegments.Testing;
using Proto = Crm.Accounts.V1.AccountLimits;

namespace TagSegments.ServiceDefaults.Tests.Calls;

/// <summary>Finding 14: every limit that an account can be given is enforced, under the name that it has in the protos.</summary>
public sealed partial class Finding14LimitTests
{
    private static readonly List<string> s_sources = [.. Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "services"), "*.cs", SearchOption.AllDirectories)
        .Where(file => !Generated().IsMatch(file))
        .Select(File.ReadAllText)];

    public static TheoryData<string> Fields => [.. Proto.Descriptor.Fields.InDeclarationOrder().Select(limit => limit.Name)];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Every_limit_is_read_by_the_code_that_enforces_it(string name)
    {
        var field = Proto.Descriptor.FindFieldByName(name);

        Assert.True(IsEnforced(field.PropertyName), $"No code reads {name}.");
    }

    [Fact]
    public void A_limit_that_is_only_copied_does_not_count() => Assert.False(IsEnforced("Nonsense") || IsEnforced("Default"));

    [Fact]
    public void A_limit_of_an_account_replaces_the_one_of_the_installation()
    {
        foreach (var field in Proto.Descriptor.Fields.InDeclarationOrder())
        {
            var own = new Proto();
            field.Accessor.SetValue(own, 77);

            var limits = TagSegments.ServiceDefaults.Calls.AccountLimits.Default.With(own);

            Assert.Equal(77, Value(limits, field));
            Assert.All(Proto.Descriptor.Fields.InDeclarationOrder().Where(other => other != field), other =>
                Assert.Equal(Value(TagSegments.ServiceDefaults.Calls.AccountLimits.Default, other), Value(limits, other)));
        }
    }

    private static object? Value(TagSegments.ServiceDefaults.Calls.AccountLimits limits, FieldDescriptor field) =>
        limits.GetType().GetProperty(field.PropertyName)!.GetValue(limits);

    // As in `account.Limits.Weight` or `limits.Weight`; the class of the limits reads `own.Weight`.
    private static bool IsEnforced(string property) =>
        s_sources.Exists(source => Regex.IsMatch(source, $@"\b[Ll]imits\.{property}\b", RegexOptions.NonBacktracking));

    [GeneratedRegex(@"[\\/](obj|bin)[\\/]")]
    private static partial Regex Generated();
}
