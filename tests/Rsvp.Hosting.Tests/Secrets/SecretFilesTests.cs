using Microsoft.Extensions.Configuration;
using Rsvp.Hosting.Secrets;

namespace Rsvp.Hosting.Tests.Secrets;

public sealed class SecretFilesTests
{
    [Fact]
    public void A_file_is_a_setting_and_counts_more_than_the_environment()
    {
        var folder = Directory.CreateTempSubdirectory("rsvp-secrets-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "Jwt__Key"), "from the file\n");
            using var configuration = new ConfigurationManager();
            configuration.AddInMemoryCollection([new("Jwt:Key", "from elsewhere"), new(SecretFiles.FolderVariable, folder)]);

            configuration.AddSecretFiles();

            Assert.Equal("from the file", configuration["Jwt:Key"]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Without_the_variable_nothing_is_read_and_a_folder_that_is_not_there_is_told()
    {
        using var without = new ConfigurationManager();
        using var wrong = new ConfigurationManager();
        wrong.AddInMemoryCollection([new(SecretFiles.FolderVariable, "/nowhere")]);

        without.AddSecretFiles();

        Assert.Empty(without.AsEnumerable());
        Assert.Throws<DirectoryNotFoundException>(() => wrong.AddSecretFiles());
    }
}
