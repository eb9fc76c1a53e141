using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace TagSegments.Embedded.Postgres;

/// <summary>The owner's password of a cluster, in a file of its folder that only the user who runs the server can read.</summary>
internal sealed partial class ClusterPassword(string dataDirectory)
{
    /// <summary>The file with the password.</summary>
    public string File { get; } = Path.Combine(dataDirectory, "tagsegments.password");

    /// <summary>The password; null if the cluster has none.</summary>
    public string? Current => System.IO.File.Exists(File) ? System.IO.File.ReadAllText(File) : null;

    /// <summary>Whether every user of this machine is let in without a password.</summary>
    public bool TrustsEverybody => TrustLine().IsMatch(System.IO.File.ReadAllText(HostFile));

    private string HostFile => Path.Combine(dataDirectory, "pg_hba.conf");

    /// <summary>Makes a password and writes it to the file.</summary>
    public string Create() => Create(File);

    /// <summary>Makes a password for a cluster that is yet to be created, and writes it to a file.</summary>
    public static string Create(string file)
    {
        var password = RandomNumberGenerator.GetHexString(32);
        System.IO.File.Delete(file);
        using (var writer = new StreamWriter(file, OwnerOnly.NewFile()))
            writer.Write(password);
        UnprivilegedUser.TakeOwnership(file);
        return password;
    }

    /// <summary>Lets nobody in without a password, once the server has read its configuration again.</summary>
    public void Require() =>
        System.IO.File.WriteAllText(HostFile, TrustLine().Replace(System.IO.File.ReadAllText(HostFile), "$1scram-sha-256"));

    [GeneratedRegex(@"^([^#\n]*\s)trust[ \t\r]*$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex TrustLine();
}
