using System.Globalization;
using Rsvp.Cli.Processes;

namespace Rsvp.Cli.Servers;

/// <summary>A private cluster from installed binaries: its data, port and password are the instance's own.</summary>
internal sealed class LocalPostgres(ServerContext context, string binaries) : PostgresServer(context)
{
    private const string Superuser = "postgres";
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private string Folder => Context.Home.In("postgres");

    private string Data => Path.Combine(Folder, "data");

    protected override string LogFile => Context.Home.LogOf(Name);

    internal override PostgresAddress Address =>
        new("127.0.0.1", Context.Ports.Postgres, Superuser, Context.Secrets.PostgresSuperuser, DefaultDatabase);

    internal override bool IsRunning => Context.State.Alive(Name) is not null;

    internal override int? Pid => Context.State.Alive(Name)?.Pid;

    /// <summary>Folder of the newest installed binaries, or of those that made the data; null when there are none.</summary>
    internal static string? FindBinaries(string dataFolder)
    {
        string[] roots = ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt"];
        IEnumerable<string> folders = roots.Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories)
            .Where(folder => !folder.Contains("/opt/", StringComparison.Ordinal) || Path.GetFileName(folder).StartsWith("postgresql", StringComparison.Ordinal))
            .Select(folder => Path.Combine(folder, "bin"));
        if (Executables.Find("pg_ctl") is { } onPath) folders = folders.Append(Path.GetDirectoryName(onPath)!);

        string versionFile = Path.Combine(dataFolder, "PG_VERSION");
        int? wanted = File.Exists(versionFile) ? int.Parse(File.ReadAllText(versionFile), CultureInfo.InvariantCulture) : null;
        return folders
            .Where(folder => Executables.Exists(Path.Combine(folder, "postgres")) && Executables.Exists(Path.Combine(folder, "initdb")))
            .Select(folder => (Folder: folder, Version: MajorVersion(folder)))
            .Where(found => wanted is null ? found.Version >= 15 : found.Version == wanted)
            .OrderByDescending(found => found.Version)
            .Select(found => found.Folder)
            .FirstOrDefault();
    }

    internal override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsRunning) return;

        Directory.CreateDirectory(Folder);
        UnprivilegedUser? user = await UnprivilegedUser.ForFolderAsync(Folder, cancellationToken);
        if (!File.Exists(Path.Combine(Data, "PG_VERSION"))) await InitialiseAsync(user, cancellationToken);
        WriteConfiguration();
        if (user is not null) await user.OwnAsync(Folder, cancellationToken);

        (string fileName, IReadOnlyList<string> arguments) = UnprivilegedUser.Wrap(user, Path.Combine(binaries, "postgres"), "-D", Data);
        ProcessRef process = Launcher.Start(new LaunchSpec
        {
            Name = Name,
            FileName = fileName,
            Arguments = arguments,
            Environment = new Dictionary<string, string> { ["LC_ALL"] = "C", ["HOME"] = Folder },
            WorkingDirectory = "/",
            LogFile = LogFile,
            Ports = [Context.Ports.Postgres],
        });
        Context.State.Record(process);
        Context.SaveState();
    }

    internal override async Task StopAsync(CancellationToken cancellationToken)
    {
        // Interrupt is PostgreSQL's "fast" shutdown; Terminate would wait for clients.
        if (Context.State.Alive(Name) is { } process && !await process.StopAsync(Signal.Interrupt, StopPatience, cancellationToken))
        {
            Context.Say("postgres had to be killed; it recovers at its next start");
        }

        Context.State.Forget(Name);
        Context.SaveState();
    }

    private async Task InitialiseAsync(UnprivilegedUser? user, CancellationToken cancellationToken)
    {
        if (Directory.Exists(Data)) Directory.Delete(Data, recursive: true);
        string passwordFile = Path.Combine(Folder, "password");
        File.WriteAllText(passwordFile, Context.Secrets.PostgresSuperuser + "\n");
        if (user is not null) await user.OwnAsync(Folder, cancellationToken);

        (string fileName, IReadOnlyList<string> arguments) = UnprivilegedUser.Wrap(
            user, Path.Combine(binaries, "initdb"), "-D", Data, "-U", Superuser, "--encoding=UTF8", "--no-locale", "--auth=scram-sha-256",
            "--pwfile=" + passwordFile);
        string log = Context.Home.LogOf("initdb");
        ShellResult result = await Shell.RunAsync(
            fileName, arguments, TimeSpan.FromMinutes(2), workingDirectory: "/", logFile: log, cancellationToken: cancellationToken);
        File.Delete(passwordFile);
        if (!result.Ok) throw new ToolException("the database cluster could not be made", log);
    }

    private void WriteConfiguration()
    {
        // Durability is the point, so fsync and synchronous_commit stay on. Statements are short: compiling them never pays.
        File.WriteAllText(
            Path.Combine(Data, "postgresql.conf"),
            $"""
            listen_addresses = '127.0.0.1'
            port = {Context.Ports.Postgres}
            unix_socket_directories = ''
            max_connections = {ConnectionsMax}
            shared_buffers = 256MB
            fsync = on
            synchronous_commit = on
            wal_compression = lz4
            max_wal_size = 2GB
            checkpoint_timeout = 15min
            random_page_cost = 1.1
            jit = off
            timezone = 'UTC'
            log_timezone = 'UTC'
            log_line_prefix = '%m [%p] %q%u@%d %a '
            log_checkpoints = off
            log_lock_waits = on

            """);
        File.WriteAllText(
            Path.Combine(Data, "pg_hba.conf"),
            """
            host all         all 127.0.0.1/32 scram-sha-256
            host replication all 127.0.0.1/32 scram-sha-256

            """);
    }

    private static int MajorVersion(string folder)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(Path.Combine(folder, "postgres"), "--version")
        {
            RedirectStandardOutput = true,
        })!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        string digits = new([.. text.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(digits, CultureInfo.InvariantCulture, out int version) ? version : 0;
    }
}
