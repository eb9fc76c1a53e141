using System.Security.Cryptography;
using System.Text.Json;

namespace TagSegments.Standalone;

/// <summary>The data folder, which outlives the program.</summary>
internal sealed class DataFolder
{
    private readonly string _path;

    private DataFolder(string path, Secrets secrets)
    {
        _path = path;
        Secrets = secrets;
    }

    public string Postgres => Path.Combine(_path, "postgres");

    /// <summary>The file to which the SMTP sink writes the messages it receives.</summary>
    public string Mail => Path.Combine(_path, "mail.jsonl");

    public Secrets Secrets { get; }

    /// <summary>The file with the token for everything, if there is authentication.</summary>
    public string Token => Path.Combine(_path, "token");

    /// <summary>Gets the default folder, for example ~/.local/share/tagsegments.</summary>
    public static string Default() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "tagsegments");

    /// <summary>Writes the token of this start, or removes that of an earlier one.</summary>
    public void KeepToken(string? token)
    {
        File.Delete(Token);
        if (token is null)
            return;

        using var writer = new StreamWriter(Token, OwnerOnly.NewFile());
        writer.Write(token);
    }

    /// <summary>Opens the folder and creates it at the first start.</summary>
    public static DataFolder Open(string path)
    {
        Directory.CreateDirectory(path);
        return new(path, Secrets.Open(Path.Combine(path, "secrets.json")));
    }
}

/// <summary>Keys that stay the same, so that tokens and links survive a restart.</summary>
internal sealed record Secrets(string TokenKey, string RolePassword)
{
    public static Secrets Open(string file)
    {
        if (File.Exists(file))
            return JsonSerializer.Deserialize<Secrets>(File.ReadAllText(file)) ?? throw new StartException($"{file} is empty.", "Delete it. Links in messages already sent will stop working.");

        var secrets = new Secrets(RandomNumberGenerator.GetHexString(64), RandomNumberGenerator.GetHexString(32));
        using var stream = new FileStream(file, OwnerOnly.NewFile());
        JsonSerializer.Serialize(stream, secrets);
        return secrets;
    }
}

/// <summary>Files that only the user who runs the program can read.</summary>
internal static class OwnerOnly
{
    public static FileStreamOptions NewFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
