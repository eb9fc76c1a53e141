using System.Text.RegularExpressions;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests;

public sealed partial class FolderOrderTests
{
    private static readonly string s_service = Path.Combine(Repository.Root, "services/Campaigns");

    // The table of folders in the README is in the order in which they use one another.
    [Fact]
    public void A_folder_uses_only_folders_further_down_in_the_readme()
    {
        var folders = Rows().Matches(File.ReadAllText(Path.Combine(s_service, "README.md"))).Select(row => row.Groups[1].Value).ToList();

        Assert.Equal(
            Directory.GetDirectories(s_service).Select(folder => Path.GetFileName(folder)!).Except(["Migrations", "bin", "obj"]).Order(), folders.Order());
        Assert.Empty(
            from folder in folders
            from file in Directory.GetFiles(Path.Combine(s_service, folder), "*.cs", SearchOption.AllDirectories)
            from used in Usings().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)
            where folders.IndexOf(used) < folders.IndexOf(folder)
            select $"{Path.GetRelativePath(s_service, file)} uses {used}");
    }

    [GeneratedRegex(@"^\| `([A-Z]\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"\bTagSegments\.Campaigns\.(\w+)")]
    private static partial Regex Usings();
}
