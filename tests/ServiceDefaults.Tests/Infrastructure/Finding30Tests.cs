using System.Text.RegularExpressions;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Infrastructure;

/// <summary>Finding 30 of the security review: images were named by floating tags. Each can be pinned by its digest in one line.</summary>
public sealed partial class Finding30Tests
{
    [Fact]
    public void Every_image_that_is_built_from_is_an_argument_of_the_build()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "services/Dockerfile"));
        var variables = Bases(lines).ToList();

        Assert.Equal(["SDK_IMAGE", "RUNTIME_IMAGE"], variables);
        Assert.All(variables, name => Assert.Single(lines, line => line.StartsWith($"ARG {name}=mcr.microsoft.com/", StringComparison.Ordinal)));
        Assert.Throws<InvalidOperationException>(() => Bases(["FROM debian:12"]).ToList());
    }

    [Fact]
    public void Every_image_of_compose_is_a_variable_or_built_from_variables()
    {
        var compose = File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml"));
        var foreign = Image().Matches(compose).Select(match => match.Groups[1].Value).Where(image => !image.StartsWith("tagsegments/", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(foreign);
        Assert.All(foreign, image => Assert.Matches(@"^\$\{[A-Z]+_IMAGE:-[a-z/]+:[v\d.]+\}$", image));
        Assert.Equal(5, Build().Count(compose));
    }

    private static IEnumerable<string> Bases(IEnumerable<string> lines) => lines
        .Where(line => line.StartsWith("FROM ", StringComparison.Ordinal))
        .Select(line => Base().Match(line) is { Success: true } match ? match.Groups[1].Value : throw new InvalidOperationException($"{line} names an image."));

    [GeneratedRegex(@"^FROM \$\{([A-Z_]+)\}")]
    private static partial Regex Base();

    [GeneratedRegex(@"^ +image: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Image();

    [GeneratedRegex(@"args: \{ SERVICE: \w+, PORT: \d+,( LISTENER: Http,)? <<: \*images \}")]
    private static partial Regex Build();
}
