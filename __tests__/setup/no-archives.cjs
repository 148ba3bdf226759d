/**
 * In place of the archiver that CDKTF loads for a kind of asset that is not used here: 240 of 370 modules, which every
 * test file that declares something would read anew.
 */
module.exports = () => {
  throw new Error("__tests__/setup/no-archives.cjs stands in for archiver: no test zips an asset of CDKTF's");
};
